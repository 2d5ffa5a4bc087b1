"""A project's programme: series, occasions and how they change; its settings."""

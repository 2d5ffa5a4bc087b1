"""The register: people, their enrolments, who was there, what lies open to them."""

"""Running an installation: who may come in, whether it lives, what is kept of it."""

"""For WSGI servers: ``gunicorn wsgi:app``."""

from surveys.app import create_app

app = create_app()

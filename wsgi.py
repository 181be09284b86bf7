"""What a WSGI server loads: `gunicorn wsgi:app`."""

from accessflow.app import create_app

app = create_app()

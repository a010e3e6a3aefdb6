"""Where `flask` and a server look for the application in a checkout."""

from readiness.application import create_app

__all__ = ["create_app"]

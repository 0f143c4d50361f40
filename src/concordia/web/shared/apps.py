"""Registers the shared pages with Django, for their static files."""

from django.apps import AppConfig


class SharedConfig(AppConfig):
    """What every page shares."""

    name = "concordia.web.shared"
    label = "shared"

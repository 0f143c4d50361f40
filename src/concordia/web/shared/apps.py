"""Registers the shared pages with Django, for their static files."""

from django.apps import AppConfig

from concordia.web.shared.sentences import speak_plainly


class SharedConfig(AppConfig):
    """What every page shares."""

    name = "concordia.web.shared"
    label = "shared"

    def ready(self) -> None:
        """Let forms speak the language of the house."""
        speak_plainly()

"""Registers the checks of an installation with Django, so that `check` and every start run them."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The installation itself."""

    name = "concordia.site"
    label = "concordia_site"

    def ready(self) -> None:
        """Importing the checks registers them."""
        from concordia.site import checks  # noqa: F401

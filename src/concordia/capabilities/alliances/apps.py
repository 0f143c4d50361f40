"""Registers the capability with Django."""

from django.apps import AppConfig


class AlliancesConfig(AppConfig):
    """Alliances, their charter and their people."""

    name = "concordia.capabilities.alliances"
    label = "alliances"

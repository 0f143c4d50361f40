"""Registers the capability with Django."""

from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    """Proposals, votes and decisions."""

    name = "concordia.capabilities.decisions"
    label = "decisions"

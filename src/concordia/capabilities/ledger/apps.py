"""Registers the capability with Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The logs of alliances and partners."""

    name = "concordia.capabilities.ledger"
    label = "ledger"

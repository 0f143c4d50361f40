"""Registers the capability with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People who sign in, and the invitations that let them."""

    name = "concordia.capabilities.accounts"
    label = "accounts"

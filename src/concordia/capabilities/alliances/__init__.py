"""Alliances: partners, people, appointments and mandates, and their charter (C5, C6, C12, C13)."""

"""Example alliances, built by calling commands only."""

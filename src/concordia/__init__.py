"""Concordia: the neutral home of an alliance of independent organizations."""

__version__ = "0.1.0"

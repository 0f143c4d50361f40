"""Damaged input for everything that reads files of strangers: contracts, deliveries of every kind, XML messages."""

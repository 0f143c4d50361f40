"""Accounts: who signs in, how they are invited, and how guessing is slowed (C53, C54)."""

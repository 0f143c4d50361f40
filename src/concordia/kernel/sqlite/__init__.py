"""SQLite, tuned for promises and with a fair lock around every write (docs/decisions/0002)."""

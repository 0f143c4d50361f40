"""Pages of an alliance: its partners, its people, its charter."""

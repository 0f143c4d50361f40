"""What a data steward does with a contract: see whether it is in order, read it, and see what a version changes."""

"""One view per intent: parse, call one command or some queries, render."""

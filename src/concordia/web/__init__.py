"""Pages: parse, call one command or some queries, render."""

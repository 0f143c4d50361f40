"""The embedded engine: DuckDB in a process of its own, sandboxed and locked."""

"""Deliveries are checked by an engine that not every machine has."""

import pytest

pytest.importorskip("duckdb", reason="the embedded engine (duckdb) is not installed")

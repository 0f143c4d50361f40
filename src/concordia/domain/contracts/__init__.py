"""Data contracts: the Open Data Contract Standard as typed values (system.md C41; white paper 3.9)."""

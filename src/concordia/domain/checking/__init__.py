"""The rules of a contract in one neutral form, with one meaning on every engine (system.md C41, C42, C45).

The meaning is written down in docs/contract-semantics.md; `reference` is that meaning in plain Python.
"""

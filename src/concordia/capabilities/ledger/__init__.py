"""The register: what binds partners, appended once and verifiable by each of them for ever (C50, C51)."""

"""Decisions: from a proposal through prior involvement and votes to a receipt of each partner (C21-C23)."""

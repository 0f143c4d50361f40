"""Deliveries of national size: made with known faults, then judged by us and by others in one run."""

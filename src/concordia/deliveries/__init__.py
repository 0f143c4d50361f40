"""Checking deliveries: files in, one result document out (system.md C42, C45). Imports the domain only."""

"""What the product can do, one package each, leaning only on lower tiers."""

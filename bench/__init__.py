"""Measurements of the product, outside the package that is shipped: `bin/bench` prints them as one table."""

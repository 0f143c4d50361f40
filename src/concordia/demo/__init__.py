"""The example alliance, in mid-life: built by calling commands, at moments that have passed."""

from concordia.demo.wage_data import build_example

__all__ = ["build_example"]

"""Families of tasks: scenes with props, three levels each, judges, and experts that solve them."""

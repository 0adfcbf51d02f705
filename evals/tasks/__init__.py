"""Suites of tasks: how often a policy does what it was told."""

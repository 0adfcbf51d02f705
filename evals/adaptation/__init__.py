"""Suites of adaptive gains and of model predictive control against fixed gains."""

"""Suites of the posture risk: lead time, false warnings, calibration, effect."""

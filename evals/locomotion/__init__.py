"""Suites of locomotion policies: tracking, gaits, falls."""

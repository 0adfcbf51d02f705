"""Suites, runners, statistics and reports."""

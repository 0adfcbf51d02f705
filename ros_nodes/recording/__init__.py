"""Bags: written, and turned into data sets."""

"""Collects expert episodes of all families into a data set that survives a kill."""

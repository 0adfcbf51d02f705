"""Canter."""

"""Colours as numbers."""

RGB = tuple[float, float, float]
"""Red, green, blue, [0, 1]."""

"""Scenes: shapes, colours, placement, files, and their MJCF."""

"""Sensors beside the camera."""

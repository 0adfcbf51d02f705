"""Canter: say it, and the robot does it."""

__version__ = "0.1.0"

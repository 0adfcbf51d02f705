"""Cameras: what they draw, how a scene looks, noise, visibility, video."""

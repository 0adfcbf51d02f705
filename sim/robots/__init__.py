"""Robots: a folder each, with its model (MJCF or URDF) and its description, ``robot.yaml``."""

"""Policies that another process runs: openpi's websocket protocol, from the robot's side."""

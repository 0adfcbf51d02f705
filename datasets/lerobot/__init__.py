"""Data sets in the LeRobot v3.0 layout: written, read, checked, merged and exported."""

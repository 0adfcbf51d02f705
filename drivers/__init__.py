"""Doors to real robots that are not ROS."""

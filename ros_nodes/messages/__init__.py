"""Typed values to ROS messages and back."""

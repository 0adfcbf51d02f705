"""Thin rclpy nodes; their logic lies in the other rooms."""

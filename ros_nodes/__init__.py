"""This room is for thin rclpy nodes whose logic lies in the other rooms; it holds none yet."""

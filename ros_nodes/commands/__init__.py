"""The logic of nodes, tested without ROS: instructions, leases, stand-up, stop."""

"""canter.ros_nodes"""

"""Rigid-body kinematics and dynamics of a quadruped, in numpy, batched over robots."""

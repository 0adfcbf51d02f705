"""This room runs on the robot: typed values, policy contract, inference, gains and safety."""

"""What runs on the robot: typed values, policy contract, inference session, gains and safety."""

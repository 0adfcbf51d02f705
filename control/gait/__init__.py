"""The locomotion policy on the robot, 50 Hz: observation, action, gait commands and limits."""

"""Training of the posture risk."""

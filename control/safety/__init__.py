"""What stops a robot: monitor, rules, watches, lease, heartbeats, flight recorder, posture risk."""

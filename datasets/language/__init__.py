"""What people say to the robot: words, grammar, parser and the vectors behind the words."""

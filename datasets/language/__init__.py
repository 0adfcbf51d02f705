"""This package knows what people say to the robot: words, their vectors, grammar and parser."""

"""Batched physics: robots, randomised dynamics, delays, terrain, named bodies."""

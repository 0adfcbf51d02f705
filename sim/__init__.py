"""Robots, batched physics, cameras, scenes, tasks, experts and environments."""

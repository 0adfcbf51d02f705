"""Sequence models measured: in the tasks' environments, and against one another."""

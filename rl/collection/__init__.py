"""Collects episodes of all tasks, driven by experts or by a model, into a data set."""

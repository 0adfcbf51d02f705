"""Experts are drivers that know the scene; a model learns to imitate their commands."""

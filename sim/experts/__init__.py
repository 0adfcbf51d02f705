"""Experts: drivers that know the scene, whose commands a model learns to imitate."""

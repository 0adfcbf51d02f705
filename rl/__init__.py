"""Reinforcement learning of locomotion, and training of the model in simulation."""

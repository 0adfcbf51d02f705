"""Training of locomotion policies by PPO, and their export."""

"""This room simulates robots: batched physics, cameras, scenes, tasks, experts, environments."""

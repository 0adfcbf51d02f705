"""A simulated Go2 as its maker's middleware shows it: plant, sport mode, and what the bus asks."""

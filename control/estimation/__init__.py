"""What a robot cannot measure and has to estimate: how it moves, how high it stands."""

"""How well a robot knows how it moves."""

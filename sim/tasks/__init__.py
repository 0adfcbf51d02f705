"""A task says what a scene asks for and how an attempt at it is judged."""

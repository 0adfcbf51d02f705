"""Tasks: what a scene asks for and how it is judged."""

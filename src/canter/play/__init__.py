"""``canter play``: a family of tasks live in the web browser."""

"""``canter play``: a task live in the web browser."""

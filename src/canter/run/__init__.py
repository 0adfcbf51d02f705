"""``canter run`` and its parts."""

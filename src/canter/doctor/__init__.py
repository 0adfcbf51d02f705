"""``canter doctor`` and its probes."""

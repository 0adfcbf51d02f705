"""Ways to a place that need no map."""

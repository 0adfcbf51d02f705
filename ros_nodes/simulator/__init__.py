"""The simulated robot of the graph."""

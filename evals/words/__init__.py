"""How well sentences are understood."""

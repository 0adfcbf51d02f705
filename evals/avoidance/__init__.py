"""Whether a robot walks into things."""

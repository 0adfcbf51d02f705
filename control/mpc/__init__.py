"""Convex model-predictive control of a trunk on four legs; needs the extra [mpc]."""

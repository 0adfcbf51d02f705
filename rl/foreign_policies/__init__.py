"""Policies that other programs trained: read by a recipe, by name; and ours written for them."""

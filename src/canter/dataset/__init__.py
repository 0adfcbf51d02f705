"""The commands ``canter dataset``: check, stats, view, merge, repair and export."""

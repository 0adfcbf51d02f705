"""The commands ``canter dataset``: check, stats, view, merge and export-mcap."""

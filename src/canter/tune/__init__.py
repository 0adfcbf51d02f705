"""The commands ``canter tune``."""

"""The commands ``canter ros``."""

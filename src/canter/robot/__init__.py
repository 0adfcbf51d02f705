"""The command ``canter robot``."""

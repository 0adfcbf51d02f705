"""The benchmark of ``canter collect``."""

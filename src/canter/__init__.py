"""Canter: say it, and the robot does it."""

from canter.control.offline import keep_quiet

keep_quiet()  # before any module of ours imports a dependency that would talk

__version__ = "0.1.0"

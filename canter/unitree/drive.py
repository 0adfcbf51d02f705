"""``canter unitree drive``: the whole stack as a low-level client of a Go2."""

from canter.unitree.options import UnitreeDrive


def main(options: UnitreeDrive) -> int:
    """Drive, and lie down whatever happens; return the exit code."""
    return 0 if options.quiet else 1

"""What the layer tells the user of a run: one line a matter, each only once."""

from functools import cache


@cache
def say(line: str) -> None:
    """Print a line, unless this process has printed it before."""
    print(f"isaacgym on MuJoCo: {line}", flush=True)

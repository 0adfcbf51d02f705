"""``canter ros bag``: a recorded bag as a data set of pictures, states, words and commands."""

from canter.evals.report import check_writable
from canter.ros.options import RosBag
from canter.ros_nodes.recording.bag_episode import convert


def main(options: RosBag) -> int:
    """Convert and say how many rows there are; returns 0."""
    check_writable(options.out)
    rows = convert(options.bag, options.out)
    print(f"{options.out}: {rows} pictures with their state, words and commands")
    return 0

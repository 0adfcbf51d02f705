"""``canter ros bag``: a recorded bag as a data set like ``canter collect``'s, or mended."""

from canter.control.errors import CanterError
from canter.ros.options import RosBag
from canter.ros_nodes.recording.bag_repair import repair


def main(options: RosBag) -> int:
    """Mend and convert what is asked for, and say how much there is; returns 0."""
    if options.out is None and not options.repair:
        raise CanterError("give the new folder of the data set after the bag, or --repair")
    if options.repair:
        print(f"{options.bag}: whole again, {repair(options.bag)} messages")
    if options.out is not None:
        from canter.ros.bag_dataset import convert  # noqa: PLC0415 - pyarrow: not where ROS is

        episodes = convert(options.bag, options.out)
        pictures = sum(len(episode.frames) for episode in episodes)
        print(f"{options.out}: {len(episodes)} episodes, {pictures} pictures with state and plan")
    return 0

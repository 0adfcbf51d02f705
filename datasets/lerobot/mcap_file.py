"""An episode as an MCAP file with ROS 2 schemas, whole or absent."""

from pathlib import Path

from mcap.writer import CompressionType, Writer

from canter.control.files import whole_file
from canter.datasets.lerobot.episode_rows import Entry
from canter.datasets.lerobot.errors import refused
from canter.datasets.lerobot.features import values_of
from canter.datasets.lerobot.reader import Dataset
from canter.datasets.lerobot.ros_messages import TYPES, Row, messages, types

PROFILE = "ros2"


def export(dataset: Dataset, entry: Entry, out: Path) -> int:
    """Write an episode; return how many messages it has.

    Args:
        dataset: that holds it.
        entry: the episode.
        out: file to write.

    Raises:
        DatasetError: the episode is damaged, or the file cannot be written.
    """
    table = dataset.frames(entry)
    columns = {f.key: values_of(table, f.key) for f in dataset.info.recorded}
    rows: list[Row] = [
        {key: values[k] for key, values in columns.items()} for k in range(entry.length)
    ]
    images = dataset.images(entry)
    count = 0
    with whole_file(out, refused) as part, part.open("wb") as file:
        writer = Writer(file, compression=CompressionType.ZSTD)
        writer.start(profile=PROFILE, library="canter")
        channels = {topic: _channel(writer, topic) for topic in TYPES}
        writer.add_metadata("episode", {"record": entry.record.to_json()})
        for stamped in messages(entry.record, rows, images, dataset.info.fps):
            data = bytes(types().serialize_cdr(stamped.message, TYPES[stamped.topic]))
            at = stamped.time_ns
            writer.add_message(channels[stamped.topic], at, data, at, count)
            count += 1
        writer.finish()
    return count


def _channel(writer: Writer, topic: str) -> int:
    definition, _ = types().generate_msgdef(TYPES[topic], ros_version=2)
    schema = writer.register_schema(TYPES[topic], "ros2msg", definition.encode())
    return writer.register_channel(topic, "cdr", schema)

"""The MCAP file, read by mcap-ros2-support, which knows nothing of Canter."""

import io
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from canter.datasets.lerobot.features import values_of
from canter.datasets.lerobot.mcap_file import export
from canter.datasets.lerobot.reader import Dataset
from tests.datasets.lerobot.made import episode, packed

pytest.importorskip("mcap_ros2", reason="needs mcap-ros2-support, of the extra dev")
pytest.importorskip("rosbags", reason="needs rosbags, of the extra data")


def test_another_reader_finds_the_same_values(tmp_path: Path) -> None:
    from mcap.reader import make_reader  # noqa: PLC0415 - it may be missing
    from mcap_ros2.decoder import DecoderFactory  # noqa: PLC0415

    dataset = Dataset(packed(tmp_path / "set", range(3)))
    entry = dataset.entries[2]
    record, frames = episode(2)
    count = export(dataset, entry, tmp_path / "two.mcap")
    by_topic: dict[str, list[tuple[int, Any]]] = defaultdict(list)
    with (tmp_path / "two.mcap").open("rb") as file:
        reader = make_reader(file, decoder_factories=[DecoderFactory()])
        for _, channel, message, decoded in reader.iter_decoded_messages():
            by_topic[channel.topic].append((message.log_time, decoded))
    assert sum(map(len, by_topic.values())) == count
    times = [k * 10**8 for k in range(len(frames))]
    assert [time for time, _ in by_topic["/joint_states"]] == times
    state = frames.columns["observation.state"]
    for k, (_, message) in enumerate(by_topic["/joint_states"]):
        assert list(message.position) == pytest.approx(state[k, :12])
        assert list(message.effort) == pytest.approx(state[k, 24:36])
        assert message.name[0] == "FL_hip_joint"
    for k, (_, message) in enumerate(by_topic["/gait_command"]):
        assert list(message.data) == pytest.approx(frames.columns["action"][k])
        assert [part.label for part in message.layout.dim][:3] == ["vx", "vy", "wz"]
    chunks = {"/gait_chunk": "action.chunk", "/expert/gait_chunk": "expert_action.chunk"}
    for topic, key in (chunks | {"/referents": "referents"}).items():
        for k, (_, message) in enumerate(by_topic[topic]):
            assert list(message.data) == pytest.approx(frames.columns[key][k])
    pose = frames.columns["truth.base_pose"]
    turn = by_topic["/tf"][1][1].transforms[0].transform.rotation
    assert [turn.w, turn.x, turn.y, turn.z] == pytest.approx(pose[1, 3:])
    pictures = [
        np.asarray(Image.open(io.BytesIO(bytes(message.data))))
        for _, message in by_topic["/camera/image_raw/compressed"]
    ]
    assert np.array_equal(np.stack(pictures), dataset.images(entry))
    assert by_topic["/instruction"][0][1].data == record.instruction
    assert [(t, m.data) for t, m in by_topic["/event"]] == [(250_000_000, "touched red ball")]
    assert values_of(dataset.frames(entry), "frame_index").tolist() == list(range(len(frames)))

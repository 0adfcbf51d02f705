"""A viewer of Foxglove's own protocol gets the graph's messages as they were sent."""

import asyncio
import json
import struct
import threading
import time
from typing import Any

import pytest

pytest.importorskip("foxglove", reason="the extra [foxglove] is not installed here")
pytest.importorskip("websockets", reason="the extra [serve] is not installed here")

import websockets
from nav_msgs.msg import Odometry
from rosbags.typesys import Stores, get_types_from_msg, get_typestore

from canter.ros import foxglove as door
from canter.ros.options import RosFoxglove
from canter.ros_nodes.graph.client import Client

PORT = 18765
MESSAGE = struct.Struct("<BIQ")
"""Of Foxglove's websocket protocol: 1, subscription, time in ns; then the message itself."""


async def view(topics: tuple[str, ...]) -> dict[str, tuple[dict[str, Any], bytes]]:
    """Return the channel and the first message of each topic."""
    found: dict[str, tuple[dict[str, Any], bytes]] = {}
    channels: dict[int, dict[str, Any]] = {}
    protocols = [websockets.Subprotocol("foxglove.sdk.v1")]
    async with websockets.connect(f"ws://127.0.0.1:{PORT}", subprotocols=protocols) as socket:
        while len(found) < len(topics):
            said = await asyncio.wait_for(socket.recv(), 20.0)
            if isinstance(said, str):
                for channel in json.loads(said).get("channels", ()):
                    if channel["topic"] in topics:
                        channels[channel["id"]] = channel
                        one = {"id": channel["id"], "channelId": channel["id"]}
                        await socket.send(json.dumps({"op": "subscribe", "subscriptions": [one]}))
            elif said[0] == 1:
                _, which, _ = MESSAGE.unpack_from(said)
                found[channels[which]["topic"]] = channels[which], said[MESSAGE.size :]
    return found


def test_messages_arrive_as_they_were_sent_and_transforms_are_made_of_odometry() -> None:
    ends = threading.Event()
    serving = threading.Thread(target=door.serve, args=(RosFoxglove(port=PORT), ends.is_set))
    serving.start()
    speaking = threading.Event()

    def speak() -> None:
        with Client(name="speaker") as client:
            publisher = client.publisher("odom", Odometry)
            message = Odometry(child_frame_id="base_link")
            message.header.frame_id = "odom"
            message.pose.pose.position.x = 1.25
            while not speaking.wait(0.05):
                publisher.publish(message)

    speaker = threading.Thread(target=speak)
    speaker.start()
    try:
        found = asyncio.run(retried(("/odom", "/tf", "/tf_static")))
    finally:
        speaking.set()
        ends.set()
        speaker.join()
        serving.join()
    store = get_typestore(Stores.EMPTY)
    channel, data = found["/odom"]
    assert (channel["encoding"], channel["schemaName"]) == ("cdr", "nav_msgs/msg/Odometry")
    store.register(get_types_from_msg(channel["schema"], channel["schemaName"]))
    odom: Any = store.deserialize_cdr(data, channel["schemaName"])
    assert (odom.pose.pose.position.x, odom.child_frame_id) == (1.25, "base_link")
    jazzy = get_typestore(Stores.ROS2_JAZZY)
    moving: Any = jazzy.deserialize_cdr(found["/tf"][1], "tf2_msgs/msg/TFMessage")
    assert moving.transforms[0].transform.translation.x == 1.25
    fixed: Any = jazzy.deserialize_cdr(found["/tf_static"][1], "tf2_msgs/msg/TFMessage")
    assert "camera_optical_frame" in {it.child_frame_id for it in fixed.transforms}


async def retried(topics: tuple[str, ...]) -> dict[str, tuple[dict[str, Any], bytes]]:
    """View once the server listens."""
    end = time.monotonic() + 30.0
    while True:
        try:
            return await view(topics)
        except OSError:
            assert time.monotonic() < end
            await asyncio.sleep(0.1)

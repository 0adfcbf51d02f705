"""The robot's camera for a process of another middleware: pictures through a socket.

``python -m canter.drivers.unitree.camera_bridge DOMAIN INTERFACE HEIGHT WIDTH FOVY PERIOD
PRIORITY``, with a stream socket as its standard input, on which it sends one frame a picture: its
time (monotonic, s, a double) and its RGB bytes. A process of its own, for a large JPEG would delay
motor commands.
"""

import contextlib
import os
import select
import socket
import struct
import subprocess
import sys
import time

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError
from canter.control.loop.realtime import ordinary_python, raise_threads
from canter.control.unitree import api

STAMP = struct.Struct("=d")
TIMEOUT_S = 1.0
"""How long a picture may take, s."""


class CameraBridge:
    """The end of whoever wants the pictures; starts the process.

    Args:
        domain: DDS domain of the robot.
        interface: network interface.
        camera: what the pictures shall be like.
        priority: real-time priority of the process; 0 for none.
    """

    def __init__(self, domain: int, interface: str, camera: CameraSpec, priority: int = 0) -> None:
        self._shape = (camera.height, camera.width, 3)
        self._size = STAMP.size + int(np.prod(self._shape))
        self._end, theirs = socket.socketpair()
        numbers = (camera.height, camera.width, camera.fovy, camera.period, priority)
        with theirs:
            self._process = subprocess.Popen(
                ordinary_python(__name__, str(domain), interface, *map(str, numbers)),
                stdin=theirs.fileno(),
                start_new_session=True,
            )

    def receive(self) -> tuple[float, NDArray[np.uint8]] | None:
        """Wait for a picture and its time, monotonic, s; None once the process has ended."""
        frame = bytearray()
        while len(frame) < self._size:
            try:
                part = self._end.recv(self._size - len(frame))
            except OSError:
                part = b""
            if not part:
                return None
            frame += part
        (stamp,) = STAMP.unpack_from(frame)
        picture = np.frombuffer(frame, np.uint8, offset=STAMP.size)
        return float(stamp), picture.reshape(self._shape)

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def close(self) -> None:
        """End the process."""
        self._end.shutdown(socket.SHUT_RDWR)
        self._process.kill()
        self._process.wait()


def main(domain: int, interface: str, camera: CameraSpec, priority: int) -> None:
    """Send pictures until the other end is closed."""
    from canter.drivers.unitree.bus import Bus  # noqa: PLC0415 - not where the pictures are wanted
    from canter.drivers.unitree.pictures import decode  # noqa: PLC0415
    from canter.drivers.unitree.rpc import Client  # noqa: PLC0415

    end = socket.socket(fileno=os.dup(sys.stdin.fileno()))
    bus = Bus(domain, interface)
    video = Client(bus, api.VIDEO)
    raise_threads(priority)
    while True:
        begin = time.monotonic()
        answer = video.call(api.GET_IMAGE, timeout_s=TIMEOUT_S)
        if answer.code == api.OK:
            try:
                picture = decode(answer.binary, camera)
            except CanterError as error:
                print(f"camera: {error}", file=sys.stderr, flush=True)
            else:
                end.sendall(STAMP.pack(begin) + picture.tobytes())
        left = max(camera.period - (time.monotonic() - begin), 0.0)
        if select.select([end], [], [], left)[0]:  # nothing is ever sent to here: it was closed
            return


if __name__ == "__main__":
    _, domain_, interface_, height, width, fovy, period, priority_ = sys.argv
    wanted = CameraSpec(int(height), int(width), float(fovy), float(period))
    with contextlib.suppress(OSError):  # whoever wanted the pictures is gone
        main(int(domain_), interface_, wanted, int(priority_))
    os._exit(0)  # a busy machine takes seconds to tear an interpreter down

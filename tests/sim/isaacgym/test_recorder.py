import subprocess
import sys
from pathlib import Path

import av

from canter.sim.isaacgym.recorder import HEIGHT, RATE, WIDTH, Recorder
from tests.sim.isaacgym.camera_world import box_world, red_pixels


def test_a_film_has_a_picture_for_each_fortieth_millisecond_and_follows_the_robot(
    tmp_path: Path,
) -> None:
    """Steps of 10 ms, 0.6 s of film; the box is put 30 m away half-way."""
    gym, sim, _ = box_world((0.3, 0.3, 0.3), (0.0, 0.0, 0.15), fixed=False)
    assert sim.engine is not None
    path = tmp_path / "new" / "film.mp4"
    recorder = Recorder(sim, path, seconds=0.6)
    for step in range(90):
        if step == 30:
            sim.engine.physics.qpos[0, 0] = 30.0
        gym.simulate(sim)
        recorder.frame()
    with av.open(str(path)) as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert len(frames) == 0.6 * RATE
    for frame in frames:
        assert frame.shape == (HEIGHT, WIDTH, 3)
        row, column = red_pixels(frame).mean(axis=0)
        assert abs(row - HEIGHT / 2) < 40 and abs(column - WIDTH / 2) < 40


BROKEN_OFF = """
import sys
from canter.sim.isaacgym.recorder import Recorder
from tests.sim.isaacgym.camera_world import box_world
gym, sim, _ = box_world((0.3, 0.3, 0.3), (0.0, 0.0, 0.15), fixed=False)
recorder = Recorder(sim, sys.argv[1])
for _ in range(20):
    gym.simulate(sim)
    recorder.frame()
raise KeyboardInterrupt
"""


def test_a_run_that_breaks_off_leaves_a_whole_film_and_tells_its_name(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    done = subprocess.run(
        [sys.executable, "-c", BROKEN_OFF, str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert str(path) in done.stdout, done.stderr
    with av.open(str(path)) as film:
        assert sum(1 for _ in film.decode(video=0)) == 5

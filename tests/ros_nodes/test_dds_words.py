"""A word that stops does so at once, through topic and action, whoever moves the robot.

What the robot cannot do is refused with the reason, and it stands.
"""

import time
from collections.abc import Iterator

import numpy as np
import pytest
from geometry_msgs.msg import Twist

from tests.ros_nodes.bench import Bench

REST_S = 0.6
"""Longest time from the word to a robot at rest, s."""
SLACK_S = 0.1
"""What a busy machine may add, s."""
RESTING, WALKING = 0.1, 0.2
"""Speed of the base below which the robot rests, and above which it walks, m/s."""
WINDOW = 5
"""Poses, 20 ms apart, over which a speed is taken."""
STOPS = ("stop", "don't move", "停下")
"""All wordings are tested in tests/datasets/language/test_safety_words.py."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with Bench(tmp_path_factory.mktemp("words")) as bench:
        bench.stand()
        yield bench


def speeds(bench: Bench) -> tuple[np.ndarray, np.ndarray]:
    """Return stamps, s, and the speed over the ground at each, m/s."""
    poses = np.array(bench.poses[-300:])
    way = np.hypot(*(poses[WINDOW:, 1:3] - poses[:-WINDOW, 1:3]).T)
    return poses[WINDOW:, 0], way / (poses[WINDOW:, 0] - poses[:-WINDOW, 0])


def walks(bench: Bench) -> bool:
    return bool(len(bench.poses) > 2 * WINDOW and speeds(bench)[1][-1] > WALKING)


def rest_after(bench: Bench, said: float) -> float:
    """Return the time from `said`, on the system's clock, to the last moment of motion, s."""
    stamps, speed = speeds(bench)
    moving = stamps[(stamps > said) & (speed > RESTING)]
    return float(moving[-1] - said) if len(moving) else 0.0


def twist(vx: float) -> Twist:
    message = Twist()
    message.linear.x = vx
    return message


@pytest.mark.parametrize("words", STOPS)
def test_it_stops_what_the_model_does(bench: Bench, words: str) -> None:
    bench.begin_anew()
    bench.say("go to the blue cube")
    bench.until(lambda: walks(bench), 15.0)
    bench.run(1.0)
    said = time.time()
    bench.say(words)
    bench.run(2.0)
    took = rest_after(bench, said)
    print(f"'{words}': at rest after {took:.2f} s")
    assert took < REST_S + SLACK_S
    assert bench.feedback[-1] == "stopped"


def test_it_stops_what_an_operator_does_until_the_operator_pauses(bench: Bench) -> None:
    bench.stand()
    direction = 1.0
    end = time.monotonic() + 15.0
    while not walks(bench):
        assert time.monotonic() < end
        bench.velocity.publish(twist(0.4 * direction))
        bench.run(0.05)
    said = time.time()
    bench.say("stop")
    for _ in range(40):  # the operator goes on and on
        bench.velocity.publish(twist(0.4))
        bench.run(0.05)
    took = rest_after(bench, said)
    print(f"'stop' while velocities come: at rest after {took:.2f} s")
    assert took < REST_S + SLACK_S
    bench.run(0.7)
    bench.until(lambda: bench.velocity.publish(twist(-0.4)) or walks(bench), 5.0)
    bench.run(1.0)


@pytest.mark.parametrize("words", ["make me a sandwich", "跳舞"])
def test_nonsense_is_refused_with_the_reason_and_the_robot_stands(bench: Bench, words: str) -> None:
    bench.begin_anew()
    bench.say("go to the blue cube")
    bench.until(lambda: walks(bench), 15.0)
    said = time.time()
    bench.say(words)
    bench.until(lambda: bench.feedback[-1:] == ["refused"], 3.0)
    assert bench.reason
    bench.run(2.0)
    assert rest_after(bench, said) < REST_S + SLACK_S
    assert bench.stands()

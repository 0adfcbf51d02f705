"""The parts of ``canter run``: deadlines, outputs, displays and the summary's helpers."""

import io
import math
import signal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from canter.control.stop import StopRequest
from canter.run.film import FRAME_RATE, HEADER, HEIGHT, MARGIN, PAPER, WIDTH, title_page
from canter.run.live import Lines, LiveTable, Silence, choose_display
from canter.run.options import RunOptions
from canter.run.outputs import check_outputs
from canter.run.pace import Pace
from canter.run.snapshot import SHOWN_COMMANDS, Snapshot
from canter.run.summary import command_line, jsonable
from canter.vla.follower import Sighting

SNAPSHOT = Snapshot(
    time=1.0,
    rate=2.0,
    command=dict.fromkeys(SHOWN_COMMANDS, 0.0) | {"vx": 0.5, "wz": -0.1, "terminate": 0.25},
    sightings=(Sighting("red ball", seen=0.9, bearing=math.radians(-30), distance=1.25),),
    stages={"policy": 3.0},
)


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


def test_pace_counts_what_is_slower_than_its_period() -> None:
    watch = Watch()
    pace = Pace(0.2, watch)
    for picture_s, control_s in ((0.1, 0.01), (0.25, 0.03), (0.19, 0.019)):
        pace.begin_step()
        watch.time += picture_s
        pace.end_picture()
        watch.time += control_s
        pace.end_control()
    assert (pace.missed.vla, pace.missed.control) == (1, 1)
    assert pace.working_s == pytest.approx(0.599)


def test_pace_leaves_out_what_only_observes() -> None:
    watch = Watch()
    pace = Pace(0.2, watch)
    pace.begin_step()
    watch.time += 0.01
    with pace.aside():
        watch.time += 5.0
    watch.time += 0.005
    pace.end_control()
    assert pace.missed.control == 0
    assert pace.working_s == pytest.approx(0.015)
    assert pace.elapsed_s == pytest.approx(5.015)


def test_stop_request_keeps_the_first_signal_and_gives_the_handlers_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with StopRequest() as stop:
        at_first = stop.asked
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):
            signal.raise_signal(number)
        assert (at_first, stop.asked) == (False, True)
        assert stop.exit_code == 130
    assert signal.getsignal(signal.SIGINT) is before


def test_check_outputs_makes_folders_and_leaves_no_trace_in_files(tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "a" / "b" / "new.mp4"
    old.write_text("before")
    check_outputs({"--json": old, "--video": new})
    assert old.read_text() == "before"
    assert list(tmp_path.rglob("*.*")) == [old]
    assert new.parent.is_dir()


def test_frames_come_at_an_exact_rate() -> None:
    assert Fraction(25, 2) == FRAME_RATE


def test_a_title_of_any_length_stays_within_the_frame() -> None:
    page = np.asarray(title_page("go to the red ball " * 10))
    assert page.shape == (HEIGHT, WIDTH, 3)
    assert (page[:HEADER, -MARGIN // 2 :] == PAPER).all()
    assert (page[:HEADER] != PAPER).any()


def test_rows_show_bearing_and_distance_only_where_a_thing_is_seen() -> None:
    rows = dict(SNAPSHOT.rows())
    assert rows["red ball"] == "-30°, 1.2 m"
    assert rows["vx"] == "+0.50 m/s"
    hidden = (Sighting("blue cube", 0.1, 0.0, 1.0),)
    blind = dict(Snapshot(1.0, 2.0, SNAPSHOT.command, hidden).rows())
    assert blind["blue cube"] == "not seen (0.10)"
    assert "red ball" not in dict(Snapshot(1.0, 2.0, SNAPSHOT.command).rows())


def test_display_follows_the_console() -> None:
    terminal, pipe = Console(force_terminal=True), Console(file=io.StringIO())
    assert isinstance(choose_display(terminal, "go", quiet=False), LiveTable)
    assert isinstance(choose_display(pipe, "go", quiet=False), Lines)
    assert type(choose_display(terminal, "go", quiet=True)) is Silence


def test_lines_come_now_and_then() -> None:
    out = io.StringIO()
    with Lines(Console(file=out)) as display:
        display.show(SNAPSHOT)
        display.show(SNAPSHOT)
    assert out.getvalue() == (
        "  1.0 s, 2.0 x real time; red ball seen 0.90; "
        "vx +0.50, vy +0.00, wz -0.10, terminate +0.25\n"
    )


def test_live_table_shows_instruction_rates_and_commands() -> None:
    out = io.StringIO()
    with LiveTable(Console(file=out, force_terminal=True, width=80), "go to [b]it") as display:
        display.show(SNAPSHOT)
    for piece in ("go to [b]it", "2.0 x real time", "-0.10 rad/s", "stage policy", "3.00 ms"):
        assert piece in out.getvalue()


def test_jsonable_has_no_nan_and_no_noise() -> None:
    value = {"a": (math.nan, 1 / 3), "b": [math.inf, 2], "c": True, "d": None}
    assert jsonable(value) == {"a": [None, 0.333333], "b": [None, 2], "c": True, "d": None}


def test_command_line_repeats_the_run() -> None:
    options = RunOptions("find the red ball", seed=3, json=Path("o o.json"), quiet=True)
    assert (
        command_line(options) == "canter run 'find the red ball' --seed 3 --json 'o o.json' --quiet"
    )
    plain = RunOptions("find the red ball", fall_response=False)
    assert command_line(plain) == "canter run 'find the red ball' --no-fall-response"

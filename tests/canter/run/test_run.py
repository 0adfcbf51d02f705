"""``canter run`` from end to end with small policies: exit codes, files, and Ctrl-C."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from canter.cli import main
from canter.control.errors import CanterError
from canter.datasets.language.understanding import TaskInstruction
from canter.run import film, job, run
from canter.run.film import FRAME_RATE, HEIGHT, WIDTH
from canter.run.job import Job
from canter.run.options import RunOptions
from canter.vla.runtime import VlaRuntime
from tests.control.policies import WEIGHTS, golden, linear_graph, write_policy
from tests.sim.full_disk import VideoOnFullDisk, files_up_to

ASK = "go to the red ball"
STAGES = {"render", "policy", "gait", "physics"}


def frames_of(path: Path) -> int:
    with av.open(str(path)) as container:
        (stream,) = container.streams.video
        assert (stream.width, stream.height) == (WIDTH, HEIGHT)
        assert stream.average_rate == FRAME_RATE
        return sum(1 for _ in container.decode(video=0))


def summary_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_success_exits_with_0_and_leaves_whole_files(
    policies: list[str], ball_ahead: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    video, summary = tmp_path / "new" / "o.mp4", tmp_path / "other" / "o.json"
    words = ["run", ASK, "--scene", str(ball_ahead), "--video", str(video), "--json", str(summary)]
    assert main([*words, *policies]) == 0
    found = summary_of(summary)
    assert found["outcome"] == "success"
    assert found["verdict"]["strict"] and found["verdict"]["quard"]
    # it must stand for one second; the ball's surface is 0.7 m - 0.15 m from where it starts,
    # and legs without a trained policy yield a little as they take its weight
    assert 1.0 <= found["verdict"]["time"] <= 4.0
    assert found["verdict"]["distance"] == pytest.approx(0.55, abs=0.15)
    assert (found["task"], found["words"]) == ("go_to", {"colour": "red", "shape": "ball"})
    assert found["scene"]["targets"] == [0]
    assert set(found["timings_ms"]) == STAGES
    assert all({"n", "p50", "p95", "p99", "max"} == set(v) for v in found["timings_ms"].values())
    assert found["timings_ms"]["physics"]["n"] == round(found["sim_time_s"] / 0.02)
    assert found["sim_time_s"] - found["verdict"]["time"] >= 1.0  # it stands a while for the film
    assert found["real_time_factor"] >= found["real_time_factor_with_video"] > 0
    assert found["policies"]["driver"]["training_commit"] == "0123abc"
    assert not found["safety"]["tripped"]
    assert frames_of(video) == found["video"]["frames"]
    assert found["video"]["frames"] == 1 + int(found["sim_time_s"] / 0.08 + 1e-6)
    assert not list(tmp_path.rglob("*.part"))
    printed = capsys.readouterr().out
    assert "reached the red ball" in printed
    assert str(video) in printed and str(summary) in printed


def test_same_seed_same_run(policies: list[str], tmp_path: Path) -> None:
    verdicts = []
    for name in ("a.json", "b.json"):
        words = ["run", ASK, "--seed", "3", "--max-time-s", "1", "--quiet"]
        assert main([*words, "--json", str(tmp_path / name), *policies]) == 1
        found = summary_of(tmp_path / name)
        verdicts.append((found["verdict"], found["scene"]))
        assert found["verdict"]["time"] == pytest.approx(1.0)
    assert verdicts[0] == verdicts[1]


def test_avoidance_says_what_it_did_and_is_off_unless_asked_for(
    policies: list[str], tmp_path: Path
) -> None:
    summary = tmp_path / "o.json"
    words = ["run", ASK, "--seed", "3", "--max-time-s", "1", "--quiet", "--json", str(summary)]
    main([*words, *policies])
    assert summary_of(summary)["safety"]["avoidance"] is None
    main([*words, *policies, "--avoid"])
    found = summary_of(summary)
    did = found["safety"]["avoidance"]
    assert did["commands"] >= did["changed"] >= did["blind"] == 0
    assert " --avoid" in found["command"]


def test_a_missing_object_is_searched_for_and_reported(
    policies: list[str], ball_ahead: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["run", "go to the green cone", "--scene", str(ball_ahead), "--max-time-s", "2"]
    assert main([*words, "--quiet", *policies]) == 1
    printed = capsys.readouterr().out
    assert printed.startswith("the green cone was not found after searching 2.0 s")
    assert f"{ball_ahead} holds none" in printed


def test_stopping_before_another_object_is_told(
    policies: list[str], ball_ahead: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["run", "go to the blue cube", "--scene", str(ball_ahead), "--max-time-s", "2"]
    assert main([*words, "--quiet", *policies]) == 1
    assert "stopped before another object (blue cube, after 2.0 s)" in capsys.readouterr().out


def test_a_wild_policy_is_damped_by_the_safety_monitor(
    vla: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weights = 20 * WEIGHTS
    wild = write_policy(tmp_path / "wild.onnx", None, golden(weights), linear_graph(weights))
    summary = tmp_path / "o.json"
    words = ["run", ASK, "--policy", str(vla), "--locomotion", str(wild), "--json", str(summary)]
    assert main([*words, "--quiet", "--max-time-s", "10"]) == 1
    found = summary_of(summary)
    assert found["safety"]["tripped"]
    assert found["safety"]["crouches"] > 0
    assert main([*words, "--quiet", "--max-time-s", "10", "--no-fall-response"]) == 1
    assert summary_of(summary)["safety"]["crouches"] == 0
    assert found["outcome"] == "safety"
    assert "the safety monitor damped" in capsys.readouterr().out


def test_a_policy_that_breaks_down_leaves_whole_files_and_exits_with_2(
    policies: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def prepare(options: RunOptions, instruction: TaskInstruction) -> Job:
        made = original(options, instruction)
        assert isinstance(made.vla, VlaRuntime)
        step = made.vla.step_body
        monkeypatch.setattr(type(made.vla), "step_body", lambda _, *a: broken(step(*a)))
        return made

    def broken(output: Any) -> Any:  # noqa: ANN401
        output.chunk[:] = np.nan
        return output

    original = job.prepare
    monkeypatch.setattr(job, "prepare", prepare)
    video, summary = tmp_path / "o.mp4", tmp_path / "o.json"
    words = ["run", ASK, "--video", str(video), "--json", str(summary), "--quiet", *policies]
    assert main(words) == 2
    assert "gait command holds NaN" in capsys.readouterr().err
    assert summary_of(summary)["outcome"] == "error"
    assert summary_of(summary)["safety"]["tripped"]
    assert frames_of(video) > 1


def check_a_film_that_failed(words: list[str], video: Path, summary: Path) -> str:
    """Run; the robot does its task, the summary tells what became of the film; return stderr."""
    assert main([*words, "--video", str(video), "--json", str(summary)]) == 2
    found = summary_of(summary)
    assert found["outcome"] == "success"
    assert f"video {video} cannot be written" in found["video"]["error"]
    assert list(video.parent.iterdir()) == [summary]
    return str(found["video"]["error"])


def test_a_full_disk_costs_the_film_alone_and_exits_with_2(
    policies: list[str],
    ball_ahead: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(film, "VideoFile", VideoOnFullDisk)
    folder = tmp_path / "out"
    words = ["run", ASK, "--scene", str(ball_ahead), *policies]
    error = check_a_film_that_failed(words, folder / "o.mp4", folder / "o.json")
    printed = capsys.readouterr()
    assert "No space left on device" in error
    assert printed.err == f"canter: {error}\n"
    assert "reached the red ball" in printed.out
    assert "video:" not in printed.out


def test_a_disk_that_fills_up_costs_the_film_alone(
    policies: list[str], ball_ahead: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    words = ["run", ASK, "--scene", str(ball_ahead), "--quiet", *policies]
    with files_up_to(10_000):
        error = check_a_film_that_failed(words, folder / "o.mp4", folder / "o.json")
    assert "File too large" in error


def test_a_summary_that_cannot_be_written_still_leaves_the_verdict_and_the_film(
    policies: list[str],
    ball_ahead: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def full(*_: object) -> None:
        raise CanterError("o.json cannot be written (No space left on device); free space")

    monkeypatch.setattr(run, "write_text", full)
    video = tmp_path / "o.mp4"
    words = ["run", ASK, "--scene", str(ball_ahead), "--video", str(video), *policies]
    assert main([*words, "--json", str(tmp_path / "o.json")]) == 2
    printed = capsys.readouterr()
    assert "reached the red ball" in printed.out
    assert printed.err.startswith("canter: o.json cannot be written")
    assert frames_of(video) > 1


def test_ctrl_c_before_the_first_step_still_leaves_whole_files(
    policies: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare(options: RunOptions, instruction: TaskInstruction) -> Job:
        signal.raise_signal(signal.SIGINT)
        return original(options, instruction)

    original = job.prepare
    monkeypatch.setattr(job, "prepare", prepare)
    before = signal.getsignal(signal.SIGINT)
    video, summary = tmp_path / "o.mp4", tmp_path / "o.json"
    words = ["run", ASK, "--video", str(video), "--json", str(summary), "--quiet", *policies]
    assert main(words) == 130
    assert signal.getsignal(signal.SIGINT) is before
    found = summary_of(summary)
    assert found["outcome"] == "interrupted"
    assert found["sim_time_s"] == pytest.approx(0.5)
    assert frames_of(video) == found["video"]["frames"] > 1


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["ctrl-c", "terminate"]
)
def test_a_signal_during_a_run_damps_the_robot(
    policies: list[str], tmp_path: Path, number: signal.Signals, code: int
) -> None:
    video, summary = tmp_path / "o.mp4", tmp_path / "o.json"
    words = ["run", ASK, "--video", str(video), "--json", str(summary), *policies]
    with subprocess.Popen(
        [sys.executable, "-m", "canter", *words], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert "x real time" in process.stdout.readline()
        for _ in range(3):  # impatient
            process.send_signal(number)
        said = process.stdout.read()
        assert process.wait(timeout=60) == code
    found = summary_of(summary)
    assert found["outcome"] == "interrupted"
    assert found["safety"]["fault"]["reason"] == "a person asked to stop"
    assert 0.5 <= found["sim_time_s"] < 40.0
    assert frames_of(video) == found["video"]["frames"] > 1
    assert "interrupted after" in said
    assert not list(tmp_path.rglob("*.part"))

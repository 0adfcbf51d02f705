from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canter.control.errors import CanterError
from canter.rl.run_config import (
    INLINE,
    MAY_CHANGE,
    NOT_SAVED,
    config_path,
    differences,
    flag_value,
    load_config,
    refuse_other_settings,
    save_config,
    started_from,
    to_yaml,
)

Numbers = st.floats(allow_nan=False)


@dataclass(frozen=True)
class Gains:
    kp: float = 60.0
    kd: float = 1.5


@dataclass(frozen=True)
class Network:
    widths: tuple[int, ...] = (128, 64)
    mirrored: bool = False


@dataclass(frozen=True)
class Body:
    mass: float = 15.2
    motor: Gains = Gains()


@dataclass(frozen=True)
class Example:
    kind: Literal["trot", "gait"] = "trot"
    network: Network = Network()
    band: tuple[float, float] = (-1.0, 1.0)
    gains: Gains | None = None
    start: Path | None = None
    rates: Mapping[str, float] = field(default_factory=dict)
    steps: int = field(default=10, metadata=MAY_CHANGE)
    out: Path = field(default=Path("runs/x"), metadata=NOT_SAVED)
    body: Body = field(default=Body(), metadata=INLINE)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "given.yaml"
    path.write_text(text)
    return path


@settings(max_examples=60, deadline=None)
@given(
    band=st.tuples(Numbers, Numbers),
    widths=st.lists(st.integers(), max_size=4).map(tuple),
    gains=st.none() | st.builds(Gains, Numbers, Numbers),
    rates=st.dictionaries(st.text("abc_", min_size=1), Numbers, max_size=3),
    start=st.none() | st.text("ab c/#:'", min_size=1).map(lambda s: Path(f"x{s}x")),
)
def test_what_is_written_reads_back_to_the_same_bits(
    tmp_path_factory: pytest.TempPathFactory,
    band: tuple[float, float],
    widths: tuple[int, ...],
    gains: Gains | None,
    rates: dict[str, float],
    start: Path | None,
) -> None:
    folder = tmp_path_factory.mktemp("config")
    example = Example("gait", Network(widths, mirrored=True), band, gains, start, rates)
    save_config(example, folder)
    assert load_config(Example(), config_path(folder)) == example


def test_a_file_may_name_a_part_and_a_call_keeps_its_own(tmp_path: Path) -> None:
    base = Example(out=tmp_path)
    path = written(tmp_path, "network: {mirrored: true}\nband: [-3e-4, 1]\n")
    expected = replace(base, network=Network(mirrored=True), band=(-3e-4, 1.0))
    assert load_config(base, path) == expected
    assert "out" not in to_yaml(base)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("networ: {}", "unknown key 'networ'; did you mean 'network'?"),
        ("network: {width: [1]}", "unknown key 'network.width'; did you mean 'network.widths'?"),
        ("out: runs", "unknown key 'out'"),
        ("zzz: 1", "it may be kind, network"),
        ("kind: pace", "'kind' may be trot, gait, got 'pace'"),
        ("steps: 1.5", "'steps' must be a whole number, got 1.5"),
        ("network: {mirrored: 1}", "'network.mirrored' must be true or false"),
        ("network: {widths: [1, x]}", r"'network.widths\[1\]' must be a whole number"),
        ("network: 3", "'network' must be a mapping of widths, mirrored"),
        ("band: [1, 2, 3]", "'band' must be a list of 2"),
        ("band: [a, 2]", r"'band\[0\]' must be a number"),
        ("band: [1" + "0" * 400 + ", 2]", r"'band\[0\]' must be a number"),
        ("gains: {kp: 1}", "'gains' must be a mapping of kp, kd"),
        ("rates: [1]", "'rates' must be a mapping"),
        ("start: 3", "'start' must be text"),
        ("mas: 1", "unknown key 'mas'; did you mean 'mass'?"),
        ("body: {mass: 1}", "unknown key 'body'"),
        ("motor: {k: 1}", "unknown key 'motor.k'"),
        ("[1, 2]", "must be a mapping of settings"),
        ("steps: 1\nsteps: 2", "the key 'steps' stands twice"),
        ("a: &x [1]\nb: *x", "aliases are not allowed"),
        ("steps: [", "not valid YAML"),
        ("steps: !!python/object/apply:os.getcwd []", "not valid YAML"),
    ],
)
def test_bad_files_are_refused_by_key(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(CanterError, match=said):
        load_config(Example(), written(tmp_path, text))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CanterError, match="cannot be read"):
        load_config(Example(), tmp_path / "none.yaml")
    with pytest.raises(CanterError, match="too large"):
        load_config(Example(), written(tmp_path, "#" * 1_000_001))
    binary = tmp_path / "b.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CanterError, match="not valid YAML"):
        load_config(Example(), binary)


def test_other_settings_are_refused_by_name_but_a_run_may_go_on_longer(tmp_path: Path) -> None:
    begun = Example(network=Network((8,)))
    refuse_other_settings(tmp_path, begun)
    save_config(begun, tmp_path)
    refuse_other_settings(tmp_path, replace(begun, steps=99, out=tmp_path))
    with pytest.raises(
        CanterError, match=r"kind: trot, now gait; network.widths: \[8\], now \[9\]"
    ):
        refuse_other_settings(tmp_path, replace(begun, kind="gait", network=Network((9,))))
    with pytest.raises(CanterError, match=r"gains: null, now \{kp: 60.0, kd: 1.5\}"):
        refuse_other_settings(tmp_path, replace(begun, gains=Gains()))


def test_an_inline_part_stands_among_its_owners_settings(tmp_path: Path) -> None:
    found = load_config(Example(), written(tmp_path, "mass: 12\nmotor: {kd: 2}\n"))
    assert found.body == Body(12.0, Gains(kd=2.0))
    assert "mass: 12.0\nmotor:\n  kp: 60.0\n" in to_yaml(found)
    assert differences(Example(), found) == ["mass: 15.2, now 12.0", "motor.kd: 1.5, now 2.0"]


def test_options_start_from_the_file_from_the_resumed_run_or_from_the_preset(
    tmp_path: Path,
) -> None:
    preset, kept = Example(), Example(kind="gait")
    save_config(kept, tmp_path)
    out = ["--out", str(tmp_path)]
    assert started_from(preset, [], Path("none")) == preset
    assert started_from(preset, out, Path("none")) == preset
    assert started_from(preset, [*out, "--resume"], Path("none")) == kept
    assert started_from(preset, ["--resume"], tmp_path) == kept
    file = f"--config={config_path(tmp_path)}"
    assert started_from(preset, [file], Path("none")) == kept
    assert flag_value(["--a", "1", "--a=2", "--b"], "--a") == "2"
    assert flag_value(["--a", "1", "--b"], "--b") is None

"""Merging the halves of a data set gives the whole, bit for bit."""

import json
from pathlib import Path

import pytest

from canter.datasets.lerobot import layout
from canter.datasets.lerobot.check import check
from canter.datasets.lerobot.errors import (
    DatasetError,
    DiskFullError,
    MissingFileError,
    MixedVersionsError,
)
from canter.datasets.lerobot.merge import merge
from tests.datasets.lerobot.made import contents, packed
from tests.sim.full_disk import files_up_to

NOTES = {"meta/canter.json", "meta/canter_checksums.json"}


def test_the_halves_make_the_whole(tmp_path: Path) -> None:
    halves = [packed(tmp_path / "one", range(5)), packed(tmp_path / "two", range(5, 12))]
    assert merge(halves, tmp_path / "both") == 12
    found, whole = contents(tmp_path / "both"), contents(packed(tmp_path / "all", range(12)))
    assert found.keys() == whole.keys()
    assert {name for name in whole if found[name] != whole[name]} == NOTES


def test_what_cannot_be_merged_is_refused(tmp_path: Path) -> None:
    one, two = packed(tmp_path / "one", range(2)), packed(tmp_path / "two", range(2))
    with pytest.raises(DatasetError, match="new folder"):
        merge([one], two)
    with pytest.raises(DatasetError, match="at least one"):
        merge([], tmp_path / "none")
    with pytest.raises(MissingFileError, match="nowhere"):
        merge([one, tmp_path / "nowhere"], tmp_path / "out")
    info = two / "meta/info.json"
    info.write_text(info.read_text().replace("[\n        49\n", "[\n        48\n"))
    with pytest.raises(MixedVersionsError, match=r"observation\.state"):
        merge([one, two], tmp_path / "out")


@pytest.mark.parametrize("size", [2_000, 9_000, 30_000])
def test_a_disk_that_fills_up_is_said_and_the_same_command_goes_on(
    size: int, tmp_path: Path
) -> None:
    halves = [packed(tmp_path / "one", range(5)), packed(tmp_path / "two", range(5, 12))]
    before = [contents(half) for half in halves]
    merge(halves, tmp_path / "whole")
    out = tmp_path / "both"
    with files_up_to(size), pytest.raises(DiskFullError, match="give the same command again"):
        merge(halves, out)
    assert not list(out.rglob("*.part"))
    assert [contents(half) for half in halves] == before
    merge(halves, out)
    assert contents(out) == contents(tmp_path / "whole")
    with pytest.raises(DatasetError, match="holds a data set already"):
        merge(halves, out)


def test_another_merge_does_not_go_on_with_what_broke_off(tmp_path: Path) -> None:
    one, two = packed(tmp_path / "one", range(2)), packed(tmp_path / "two", range(2, 4))
    out = tmp_path / "both"
    with files_up_to(2_000), pytest.raises(DiskFullError):
        merge([one, two], out)
    with pytest.raises(DatasetError, match="another command left unfinished"):
        merge([two, one], out)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").touch()
    with pytest.raises(DatasetError, match="something else"):
        merge([one, two], tmp_path / "mine")


def test_a_merge_killed_at_its_very_end_is_whole(tmp_path: Path) -> None:
    one, out = packed(tmp_path / "one", range(3)), tmp_path / "out"
    merge([one], out)
    whole = contents(out)
    (out / layout.PLAN).write_text(json.dumps({"merged": [str(one)]}))
    assert merge([one], out) == 3
    assert contents(out) == whole


def test_a_merge_killed_while_it_wrote_its_plan_goes_on(tmp_path: Path) -> None:
    one, out = packed(tmp_path / "one", range(2)), tmp_path / "out"
    out.mkdir()
    (out / f"{layout.PLAN}.part").write_text("{")
    assert merge([one], out) == 2
    assert check(out) == []


def test_a_folder_whose_merge_was_killed_is_told_as_unfinished(tmp_path: Path) -> None:
    (tmp_path / layout.PLAN).write_text(json.dumps({"merged": ["one"]}))
    assert "unfinished" in {fault.kind for fault in check(tmp_path)}

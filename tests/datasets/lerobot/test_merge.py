"""Merging the halves of a data set gives the whole, bit for bit."""

from pathlib import Path

import pytest

from canter.datasets.lerobot.errors import DatasetError, MissingFileError, MixedVersionsError
from canter.datasets.lerobot.merge import merge
from tests.datasets.lerobot.made import contents, packed

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

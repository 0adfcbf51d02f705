"""Every way in which a data set can be spoilt is found, by its name."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from canter.control.errors import CanterError
from canter.datasets.lerobot import layout
from canter.datasets.lerobot.check import check
from canter.datasets.lerobot.errors import CorruptParquetError, DiskFullError
from canter.datasets.lerobot.pack import pack
from tests.datasets.lerobot.made import contents, packed, spooled

DATA = "data/chunk-000/file-000.parquet"
EPISODES = "meta/episodes/chunk-000/file-000.parquet"
VIDEO = "videos/observation.images.front/chunk-000/file-000.mp4"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data set of six episodes."""
    return packed(tmp_path_factory.mktemp("check") / "set", range(6))


@pytest.fixture
def root(whole: Path, tmp_path: Path) -> Path:
    """Return a copy of it to be spoilt."""
    return Path(shutil.copytree(whole, tmp_path / "set"))


def kinds(root: Path) -> set[str]:
    return {fault.kind for fault in check(root)}


def cut(path: Path, share: float = 0.5) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])


def edited(path: Path, key: str, value: object) -> None:
    content = json.loads(path.read_text())
    content[key] = value
    path.write_text(json.dumps(content))


def recolumned(path: Path, name: str, change: Callable[[pa.Array], pa.Array]) -> None:
    """Rewrite a column of a parquet file of one row group each episode."""
    groups = pq.ParquetFile(path)
    tables = [groups.read_row_group(k) for k in range(groups.num_row_groups)]
    with pq.ParquetWriter(path, groups.schema_arrow) as file:
        for table in tables:
            where = table.column_names.index(name)
            new = change(table.column(name).combine_chunks())
            file.write_table(table.set_column(where, table.schema.field(name), new))


def test_a_whole_data_set_has_no_faults(whole: Path) -> None:
    assert check(whole) == []


SPOILT: dict[str, tuple[str, Callable[[Path], object]]] = {
    "half a data file": ("corrupt parquet", lambda root: cut(root / DATA)),
    "half a file of episodes": ("corrupt parquet", lambda root: cut(root / EPISODES)),
    "an empty table of tasks": (
        "corrupt parquet",
        lambda root: (root / "meta/tasks.parquet").write_bytes(b""),
    ),
    "half a video": ("truncated video", lambda root: cut(root / VIDEO)),
    "a video without its last bytes": ("truncated video", lambda root: cut(root / VIDEO, 0.97)),
    "no statistics": ("missing statistics", lambda root: (root / "meta/stats.json").unlink()),
    "a feature without statistics": (
        "missing statistics",
        lambda root: edited(root / "meta/stats.json", "action", {"mean": [0.0] * 12}),
    ),
    "another version": (
        "mixed format versions",
        lambda root: edited(root / "meta/info.json", "codebase_version", "v2.1"),
    ),
    "files of version 2": (
        "mixed format versions",
        lambda root: (root / "meta/episodes.jsonl").write_text("{}\n"),
    ),
    "data of version 2": (
        "mixed format versions",
        lambda root: (
            (root / "data/chunk-000/episode_000000.parquet").write_bytes((root / DATA).read_bytes())
            and None
        ),
    ),
    "no data file": ("missing file", lambda root: (root / DATA).unlink()),
    "no video": ("missing file", lambda root: (root / VIDEO).unlink()),
    "no info": ("missing file", lambda root: (root / "meta/info.json").unlink()),
    "info that is no JSON": ("corrupt metadata", lambda root: cut(root / "meta/info.json")),
    "a wrong count": (
        "corrupt metadata",
        lambda root: edited(root / "meta/info.json", "total_frames", 7),
    ),
    "an unfinished file": (
        "unfinished",
        lambda root: (root / f"{DATA}.part").write_bytes(b"half"),
    ),
    "episodes that are not packed": (
        "unfinished",
        lambda root: spooled(root / layout.SPOOL, [0]),
    ),
    "values that are not finite": (
        "corrupt parquet",
        lambda root: recolumned(
            root / DATA,
            "action",
            lambda column: pa.FixedSizeListArray.from_arrays(
                pa.array([float("nan")] * (12 * len(column)), pa.float32()), 12
            ),
        ),
    ),
    "frames that do not count": (
        "corrupt parquet",
        lambda root: recolumned(
            root / DATA, "index", lambda column: pa.array([0] * len(column), pa.int64())
        ),
    ),
}


@pytest.mark.parametrize("case", SPOILT)
def test_what_is_spoilt_is_found_by_its_name(root: Path, case: str) -> None:
    kind, spoil = SPOILT[case]
    spoil(root)
    assert kind in kinds(root)


def test_any_flipped_byte_is_found(root: Path) -> None:
    path = root / VIDEO
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert "changed file" in kinds(root)


def test_faults_name_their_file_and_a_remedy(root: Path) -> None:
    cut(root / DATA)
    texts = [fault.text for fault in check(root) if fault.kind == "corrupt parquet"]
    assert any(str(root / DATA) in text and "restore" in text for text in texts)


def test_no_folder_is_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(CanterError, match="nowhere"):
        check(tmp_path / "nowhere")


def test_a_spoilt_episode_of_a_spool_is_named_with_its_own_remedy(tmp_path: Path) -> None:
    store = spooled(tmp_path / "store", range(2))
    path = next((tmp_path / "store").rglob("*0.parquet"))
    cut(path)
    with pytest.raises(CorruptParquetError, match="or delete it and collect again") as error:
        list(store.read_all(range(2)))
    assert str(path) in str(error.value)


def test_a_disk_too_full_to_pack_is_found(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spooled(root / layout.SPOOL, range(3))
    assert "full disk" not in kinds(root)
    usage = shutil.disk_usage(root)._replace(free=100)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert "full disk" in kinds(root)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of 64 KB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a small disk, where it may")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_has_a_name_and_leaves_what_was_complete(
    small_disk: Path, tmp_path: Path
) -> None:
    store = spooled(tmp_path / "store", range(12))
    with pytest.raises(DiskFullError, match=r"full.*same command again"):
        pack(small_disk / "set", store.read_all(range(12)), {"made": "up"})
    assert "missing file" in kinds(small_disk / "set")
    assert not [path for path in (small_disk / "set").rglob("*") if path.is_file()]
    pack(tmp_path / "set", store.read_all(range(12)), {"made": "up"})
    assert contents(tmp_path / "set") == contents(packed(tmp_path / "other", range(12)))
    with pytest.raises(DiskFullError, match="full"):
        spooled(small_disk / "store", range(40))


@pytest.mark.parametrize("name", ["../../secret", "/etc/hostname", "data/../../secret"])
def test_a_checksum_of_a_file_outside_is_refused(root: Path, name: str) -> None:
    edited(root / layout.CHECKSUMS, name, "0" * 64)
    (fault,) = check(root)
    assert fault.kind == "corrupt metadata"
    assert name in fault.text
    assert "leads out of the data set" in fault.text

"""Arrays of anywhere: what fills the memory, runs a program or leads out of a file is refused."""

import io
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from canter.control.array_file import MOST_ARRAYS, read_arrays
from canter.control.errors import CanterError


def npz(**arrays: Any) -> bytes:  # noqa: ANN401
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def archive(entries: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries.items():
            made.writestr(name, data)
    return file.getvalue()


def npy(header: str) -> bytes:
    text = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


@pytest.mark.parametrize("as_path", [True, False])
def test_arrays_come_back(tmp_path: Path, as_path: bool) -> None:
    made = {"a": np.arange(6.0).reshape(2, 3), "0/in/b": np.array("text"), "c": np.zeros((0, 4))}
    data = npz(**made)
    (tmp_path / "a.npz").write_bytes(data)
    found = read_arrays(tmp_path / "a.npz" if as_path else data)
    assert found.keys() == made.keys()
    for name, array in made.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    data = npz(a=np.zeros(1 << 27))  # a gigabyte of zeros, packed into one megabyte
    assert len(data) < 1 << 21
    tracemalloc.start()
    with pytest.raises(CanterError, match="unpacked it takes 1024 MiB, at most 256 MiB"):
        read_arrays(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


REFUSED = {
    "holds pickled objects": npz(a=np.array([{"a": 1}], dtype=object)),
    "leads out of the archive": archive({"../../a.npy": b""}),
    "'/etc/a.npy' leads out": archive({"/etc/a.npy": b""}),
    r"'\.\.\\a.npy' leads out": archive({"..\\a.npy": b""}),
    "is no .npy": archive({"a.pkl": b""}),
    "not as long as its header says": archive(
        {"a.npy": npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,)}")}
    ),
    "can be read": archive({"a.npy": npy("{'descr': " + "(" * 90)}),
    "most": archive({f"{number}.npy": b"" for number in range(MOST_ARRAYS + 1)}),
    "it is no .npz": b"\x80\x04c__builtin__\nexec\n.",
}


@pytest.mark.parametrize("message", REFUSED)
def test_it_is_refused_by_name(message: str) -> None:
    with pytest.raises(CanterError, match=message):
        read_arrays(REFUSED[message])


def test_a_packed_length_that_lies_is_refused_before_it_is_read() -> None:
    data = bytearray(npz(a=np.zeros(9)))
    place = data.rindex(b"PK\x01\x02") + 20  # the packed length in the archive's directory
    data[place : place + 4] = (2_000_000_000).to_bytes(4, "little")
    with pytest.raises(CanterError, match=r"'a.npy' claims 2000000000 bytes, more"):
        read_arrays(bytes(data))


def test_a_length_that_lies_is_refused() -> None:
    data = bytearray(npz(a=np.zeros(1 << 20)))
    place = data.rindex(b"PK\x01\x02") + 24  # the length in the archive's directory
    data[place : place + 4] = (1000).to_bytes(4, "little")
    with pytest.raises(CanterError, match="can be read"):
        read_arrays(bytes(data))

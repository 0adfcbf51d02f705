"""The bytes on the wire, against those of openpi's own package; and whatever else may come."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

msgpack = pytest.importorskip("msgpack")
openpi = pytest.importorskip("openpi_client.msgpack_numpy")

from canter.vla.remote.errors import MessageError  # noqa: E402
from canter.vla.remote.packing import pack, unpack  # noqa: E402

NUMBERS = st.one_of(
    arrays.boolean_dtypes(),
    arrays.integer_dtypes(endianness="="),
    arrays.unsigned_integer_dtypes(endianness="="),
    arrays.floating_dtypes(endianness="=", sizes=(16, 32, 64)),
)
ARRAYS = arrays.arrays(NUMBERS, arrays.array_shapes(min_dims=0, max_dims=4, max_side=4))
VALUES = st.one_of(ARRAYS, st.text(), st.floats(allow_nan=False), st.booleans(), st.integers(0, 99))
MESSAGES = st.dictionaries(st.text(), VALUES)


def same(one: object, other: object) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.dtype == other.dtype and one.tobytes() == other.tobytes()
    return bool(one == other)


@given(MESSAGES)
def test_the_bytes_are_openpis(message: dict[str, Any]) -> None:
    data = pack(message)
    assert data == openpi.packb(message)
    for found in (unpack(data), openpi.unpackb(data)):
        assert found.keys() == message.keys()
        assert all(same(message[name], found[name]) for name in message)


def test_numbers_of_numpy_keep_their_type() -> None:
    found = unpack(openpi.packb({"a": np.float32(0.1), "b": np.uint8(7)}))
    assert (found["a"], found["b"]) == (np.float32(0.1), 7)
    assert found["a"].dtype == np.float32


@given(st.binary(max_size=60))
def test_any_bytes_are_a_message_or_refused(data: bytes) -> None:
    try:
        assert isinstance(unpack(data), dict)
    except MessageError as error:
        assert "msgpack map" in str(error)


@given(st.data())
def test_a_message_with_changed_bytes_is_a_message_or_refused(data: st.DataObject) -> None:
    good = pack({"actions": np.arange(6.0).reshape(2, 3), "n": np.int64(3)})
    at = data.draw(st.integers(0, len(good) - 1))
    changed = good[:at] + bytes([data.draw(st.integers(0, 255))]) + good[at + 1 :]
    try:
        assert isinstance(unpack(changed), dict)
    except MessageError as error:
        assert "msgpack map" in str(error)


@pytest.mark.parametrize("dtype", ["|O", "O", "<c16", "V8", "i4,i4", "<M8[s]", 3, None, ["x"]])
def test_what_could_be_more_than_numbers_is_refused(dtype: object) -> None:
    array = {b"__ndarray__": True, b"data": bytes(16), b"dtype": dtype, b"shape": [2]}
    with pytest.raises(MessageError, match="no msgpack map"):
        unpack(msgpack.packb({"actions": array}))
    with pytest.raises(MessageError, match="cannot be sent"):
        pack({"actions": np.array([object()])})


@pytest.mark.parametrize("shape", [[3], [2, 2], [-1], ["2"], 2, [2.0], [1] * 40])
def test_a_shape_that_does_not_fit_its_bytes_is_refused(shape: object) -> None:
    array = {b"__ndarray__": True, b"data": bytes(16), b"dtype": "<f8", b"shape": shape}
    with pytest.raises(MessageError, match="no msgpack map"):
        unpack(msgpack.packb({"actions": array}))

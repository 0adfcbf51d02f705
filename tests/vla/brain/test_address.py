"""Which addresses are taken, and which of them leave the machine."""

import pytest

from canter.control.errors import CanterError
from canter.vla.brain.address import read_address


@pytest.mark.parametrize(
    ("text", "shown", "stays"),
    [
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1", True),
        ("http://127.8.9.1/v1/", "http://127.8.9.1:80/v1", True),
        ("http://localhost:11434/v1/chat/completions", "http://localhost:11434/v1", True),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1", True),
        ("https://example.org/v1", "https://example.org:443/v1", False),
        ("http://192.168.1.5:8080", "http://192.168.1.5:8080", False),
        ("http://127.0.0.1.example.org/v1", "http://127.0.0.1.example.org:80/v1", False),
        ("http://localhost.example.org/v1", "http://localhost.example.org:80/v1", False),
    ],
)
def test_addresses(text: str, shown: str, stays: bool) -> None:
    address = read_address(text)
    assert str(address) == shown and address.on_this_machine == stays
    assert bool(address.notice) != stays
    assert ("unencrypted" in address.notice) == (not stays and text.startswith("http:"))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "no http address"),
        ("127.0.0.1:8080", "no http address"),
        ("ftp://127.0.0.1/v1", "no http address"),
        ("http://:8080/v1", "no http address"),
        ("http://127.0.0.1:99999/v1", "such as http://127.0.0.1:8080/v1"),
        ("http://127.0.0.1:port/v1", "such as http://127.0.0.1:8080/v1"),
        ("http://me:secret@127.0.0.1/v1", "CANTER_BRAIN_KEY"),
        ("http://127.0.0.1/v1?key=1", "more than host"),
        ("http://a b/v1", "more than host"),
        ("http://127.0.0.1/v1\r\nHost: x", "more than host"),
        ("http://exa%mple/v1", "host is no name"),
        ("http://[::1/v1", "such as http"),
    ],
)
def test_what_is_no_address(text: str, names: str) -> None:
    with pytest.raises(CanterError, match=names) as error:
        read_address(text)
    assert "secret" not in str(error.value) and str(error.value).isprintable()

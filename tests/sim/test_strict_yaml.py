"""YAML of anywhere: what explodes, names a key twice or is no plain value is refused."""

import time
from pathlib import Path

import pytest
import yaml

from canter.control.errors import SceneError
from canter.control.vocab import Target
from canter.sim.strict_yaml import MOST_BYTES, read_yaml
from canter.sim.tasks.go_to.scene_file import load_scene


def levels(first: str, each: str) -> str:
    """Return ten levels, each of ten references to the one before; both texts have a place."""
    below = [", ".join([f"*a{level - 1}"] * 10) for level in range(1, 10)]
    return "\n".join([first, *(f"a{k}: &a{k} {each.format(b)}" for k, b in enumerate(below, 1))])


LAUGHS = levels("a0: &a0 [lol]", "[{}]")
MERGES = levels("a0: &a0 {b: 1}", "{{<<: [{}]}}")
REFUSED: dict[str, tuple[str | bytes, str]] = {
    "laughs": (LAUGHS, "aliases are not allowed"),
    "merges": (MERGES, "aliases are not allowed"),
    "itself": ("&a [*a]", "aliases are not allowed"),
    "deep": ("[" * 5000, "nested too deeply"),
    "long": ("a: 1\n" + "#" * MOST_BYTES, "too large"),
    "twice": ("a: 1\na: 2", "the key 'a' stands twice"),
    "program": ("!!python/object/apply:os.system ['true']", "could not determine a constructor"),
    "date": ("a: 2001-99-99", "month must be in"),
    "digits": (f"a: {'9' * 5000}", "4300 digits"),
    "empty_number": ("a: !!int ''", "a value that is none"),
    "no_utf8": (b"a: \xff", "invalid start byte"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_by_name_and_at_once(tmp_path: Path, name: str) -> None:
    content, message = REFUSED[name]
    path = tmp_path / "scene.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    begin = time.thread_time()
    with pytest.raises(yaml.YAMLError, match=message):
        read_yaml(path)
    with pytest.raises(SceneError, match=r"scene\.yaml is not valid YAML"):
        load_scene(path, Target("red", "ball"))
    assert time.thread_time() - begin < 2


def test_plain_values_come_back_with_a_mark_and_crlf(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: [1, 2.5, yes]\r\nb: {c: text}\r\n")
    assert read_yaml(path) == {"a": [1, 2.5, True], "b": {"c": "text"}}


def test_an_integer_beyond_all_floats_is_no_size(tmp_path: Path) -> None:
    path = tmp_path / "scene.yaml"
    digits = "9" * 400
    path.write_text(f"- {{shape: ball, colour: red, size: {digits}, pose: [1, 0, 0]}}")
    with pytest.raises(SceneError, match="numbers must be finite"):
        load_scene(path, Target("red", "ball"))

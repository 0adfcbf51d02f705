"""YAML of anywhere: plain values alone, bounded, no key twice."""

from pathlib import Path
from typing import Any

import yaml

MOST_BYTES = 100_000
"""Bytes of a file that a person writes, or a run beside its results."""
MOST_DEPTH = 100
"""Lists and mappings within each other."""


SLICE_TAG = "tag:yaml.org,2002:python/object/apply:builtins.slice"
"""How PyYAML writes a slice."""


class RepeatedKeyError(yaml.YAMLError):
    """A key stands twice in a mapping, of which PyYAML would drop one.

    Attributes:
        key: the key.
        line: where the mapping begins, from 1.
    """

    def __init__(self, key: str, mapping: yaml.Mark) -> None:
        super().__init__(f"the key '{key}' stands twice{mapping}")
        self.key = key
        self.line = mapping.line + 1


class _StrictLoader(yaml.SafeLoader):
    """Refuses a key that stands twice, depth without end, and aliases, by which files explode."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:  # noqa: ANN401
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError(f"aliases are not allowed{self.get_mark()}; write the value out")
        if self.depth > MOST_DEPTH:
            raise yaml.YAMLError(f"it is nested too deeply{self.get_mark()}")
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise RepeatedKeyError(key.value, node.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


class _SliceLoader(_StrictLoader):
    """Reads Python's slices, which Isaac Lab writes into its files, as lists of three."""


def _listed(loader: _SliceLoader, node: yaml.SequenceNode) -> list[object]:
    return list(loader.construct_sequence(node))


_SliceLoader.add_constructor(SLICE_TAG, _listed)


def read_yaml(path: Path, *, slices: bool = False) -> object:
    """Return what a YAML file says.

    Args:
        path: the file.
        slices: whether it may hold Python's slices; they are read as lists.

    Raises:
        OSError: it cannot be read.
        yaml.YAMLError: it is no UTF-8, no YAML, longer than `MOST_BYTES` or nested too deeply,
            holds an alias, a key twice or a value that is none.
    """
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise yaml.YAMLError(f"it is too large: longer than {MOST_BYTES} bytes")
    try:
        return yaml.load(data.decode("utf-8-sig"), Loader=_SliceLoader if slices else _StrictLoader)
    except (ValueError, OverflowError, LookupError, AttributeError, TypeError) as error:
        raise yaml.YAMLError(f"it holds a value that is none: {error}") from error

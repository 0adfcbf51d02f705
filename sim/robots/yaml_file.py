"""Strict reading of YAML: no key twice, none unknown, none missing."""

from collections.abc import Hashable, Iterable, Mapping
from pathlib import Path

import yaml

from canter.control.errors import CanterError, did_you_mean


class _UniqueKeys(yaml.SafeLoader):
    """Refuses a mapping that says the same key twice, of which PyYAML would drop one."""

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Hashable, object]:
        """Return the mapping of a node."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = sorted({str(key) for key in keys if keys.count(key) > 1})
        if twice:
            line = node.start_mark.line + 1
            raise CanterError(f"'{twice[0]}' is there twice in the mapping at line {line}")
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> object:
    """Return the content of a YAML file.

    Raises:
        CanterError: it cannot be read, is no YAML, or has a key twice.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _UniqueKeys)
    except OSError as error:
        raise CanterError(f"'{path}' cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CanterError(f"{path}: not valid YAML ({' '.join(str(error).split())})") from error
    except CanterError as error:
        raise CanterError(f"{path}: {error}") from error


def section(
    value: object, where: str, needed: Iterable[str], optional: Iterable[str] = ()
) -> Mapping[str, object]:
    """Return a mapping that has all the needed keys and no unknown one.

    Raises:
        CanterError: it is no mapping, or a key is unknown or missing; by name.
    """
    needed, optional = tuple(needed), tuple(optional)
    if not isinstance(value, Mapping):
        raise CanterError(f"{where}: expected a mapping with {', '.join(needed)}, got {value!r}")
    for key in value:
        if key not in (*needed, *optional):
            raise CanterError(
                f"{where}: unknown key '{key}'; {did_you_mean(str(key), (*needed, *optional))}"
            )
    missing = [key for key in needed if key not in value]
    if missing:
        raise CanterError(f"{where}: {', '.join(missing)} missing")
    return value

"""Strict reading of YAML: no key twice, none unknown, none missing."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from canter.control.errors import CanterError, did_you_mean
from canter.sim import strict_yaml


def read_yaml(path: Path, *, slices: bool = False) -> object:
    """Return the content of a YAML file; see `canter.sim.strict_yaml.read_yaml`.

    Raises:
        CanterError: it cannot be read, is no YAML, or has a key twice.
    """
    try:
        return strict_yaml.read_yaml(path, slices=slices)
    except OSError as error:
        raise CanterError(f"'{path}' cannot be read ({error.strerror})") from error
    except strict_yaml.RepeatedKeyError as error:
        raise CanterError(
            f"{path}: '{error.key}' is there twice in the mapping at line {error.line}"
        ) from error
    except yaml.YAMLError as error:
        raise CanterError(f"{path}: not valid YAML ({' '.join(str(error).split())})") from error


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

"""Settings of a run as YAML: written beside its results, read back strictly, compared on resume.

A run's settings are a frozen dataclass, nested as one likes. Every field is written, so that the
file says what the run was; fields with ``metadata=NOT_SAVED`` are of one call, not of the run.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import Field, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml

from canter.control.errors import CanterError
from canter.control.files import write_text
from canter.rl.typed_values import field_types, typed_value
from canter.sim.strict_yaml import read_yaml

CONFIG_NAME = "config.yaml"
NOT_SAVED: Mapping[str, Any] = {"saved": False}
"""Metadata of a field that belongs to one call: output folder, resume, the configuration file."""
MAY_CHANGE: Mapping[str, Any] = {"may_change": True}
"""Metadata of a field that a resumed run may be given anew, as its length."""
INLINE: Mapping[str, Any] = {"inline": True}
"""Metadata of a dataclass whose fields stand among its owner's, in the file and in messages."""

Settings = TypeVar("Settings")
Choice = TypeVar("Choice", bound=str)


class _Dumper(yaml.SafeDumper):
    """Writes lists in one line."""

    def represent_list(self, data: Any) -> yaml.SequenceNode:  # noqa: ANN401
        """Return a list, [a, b]."""
        return self.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)


_Dumper.add_representer(list, _Dumper.represent_list)


def config_path(folder: Path) -> Path:
    """Return where a run keeps its settings."""
    return folder / CONFIG_NAME


def to_yaml(settings: object) -> str:
    """Return settings as YAML, every saved field in order; numbers read back to the same bits."""
    plain = _plain(settings)
    return yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def save_config(settings: object, folder: Path) -> None:
    """Write ``config.yaml`` into a run's folder, whole or not at all."""
    write_text(config_path(folder), to_yaml(settings))


def load_config(base: Settings, path: Path) -> Settings:
    """Return the settings of a file; what it does not name is that of ``base``.

    Raises:
        CanterError: it cannot be read, or a key or a value is not one of these settings'; the
            message names it.
    """
    try:
        content = read_yaml(path)
    except OSError as error:
        raise CanterError(
            f"configuration '{path}' cannot be read ({error.strerror}); pass a run's config.yaml"
        ) from error
    except yaml.YAMLError as error:
        raise CanterError(f"'{path}' is not valid YAML ({error}); correct it there") from error
    try:
        return _filled(base, {} if content is None else content, "")
    except CanterError as error:
        raise CanterError(f"configuration '{path}': {error}") from error


def _saved(settings: Any) -> list[Field[Any]]:  # noqa: ANN401
    """Return the fields of a dataclass that its file holds."""
    return [f for f in fields(settings) if f.metadata.get("saved", True)]


def _is_inline(f: Field[Any]) -> bool:
    """Tell whether the fields of this field's dataclass stand among its owner's."""
    return bool(f.metadata.get("inline", False))


def _plain(value: object) -> object:
    """Return settings as mappings, lists and scalars."""
    if is_dataclass(value):
        plain: dict[str, object] = {}
        for f in _saved(value):
            inner = _plain(getattr(value, f.name))
            plain |= inner if _is_inline(f) and isinstance(inner, dict) else {f.name: inner}
        return plain
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return str(value) if isinstance(value, Path) else value


def _filled(base: Settings, content: object, where: str) -> Settings:
    """Return ``base`` with the values of a mapping, which stands at the key ``where``."""
    if not isinstance(content, Mapping):
        raise CanterError(f"'{where or 'it'}' must be a mapping of settings, got {content!r}")
    types, saved = field_types(type(base)), _saved(base)
    inline = {f.name: _plain(getattr(base, f.name)) for f in saved if _is_inline(f)}
    owner = {key: name for name, plain in inline.items() for key in cast("dict[str, Any]", plain)}
    known = [f.name for f in saved if not _is_inline(f)] + list(owner)
    values: dict[str, Any] = {name: getattr(base, name) for name in types}
    for key, value in content.items():
        dotted = f"{where}.{key}" if where else str(key)
        if key not in known:
            raise CanterError(_unknown(dotted, str(key), known))
        if key in owner:
            values[owner[key]] = _filled(values[owner[key]], {key: value}, where)
        elif is_dataclass(values[key]) and isinstance(value, Mapping):
            values[key] = _filled(values[key], value, dotted)
        else:
            values[key] = typed_value(types[key], value, dotted)
    return type(base)(**values)


def _unknown(dotted: str, key: str, known: Sequence[str]) -> str:
    """Return what to say of a key that means nothing."""
    near = difflib.get_close_matches(key, known, n=1)
    prefix = dotted.removesuffix(key)
    hint = f"did you mean '{prefix}{near[0]}'?" if near else f"it may be {', '.join(known)}"
    return f"unknown key '{dotted}'; {hint}"


def differences(saved: object, now: object, where: str = "") -> list[str]:
    """Return the saved settings that differ, as "name: saved value, now value"."""
    if not is_dataclass(saved) or type(saved) is not type(now):
        return [] if saved == now else [f"{where}: {_said(saved)}, now {_said(now)}"]
    found = []
    for f in fields(saved):
        if f.metadata.get("saved", True) and not f.metadata.get("may_change", False):
            name = where if _is_inline(f) else f"{where}.{f.name}" if where else f.name
            found += differences(getattr(saved, f.name), getattr(now, f.name), name)
    return found


def _said(value: object) -> str:
    """Return a value as YAML writes it, in one line."""
    return yaml.safe_dump(
        _plain(value), default_flow_style=True, sort_keys=False, width=10_000
    ).split("\n")[0]


def refuse_other_settings(folder: Path, now: object) -> None:
    """Refuse to resume a run with settings other than those in its folder.

    Raises:
        CanterError: a setting differs; the message names it and both values. A folder without
            ``config.yaml``, of an older version, is accepted.
    """
    path = config_path(folder)
    if not path.exists():
        return
    differing = differences(load_config(now, path), now)
    if differing:
        raise CanterError(
            f"'{folder}' was begun with other settings ({'; '.join(differing)}); leave them out, "
            "for --resume takes those of the run, or begin anew with another --out"
        )


def flag_value(words: Sequence[str], flag: str) -> str | None:
    """Return the last value of a flag in words of a command line, None where it is not given."""
    found = None
    for i, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name == flag:
            found = value if equals else (words[i + 1] if i + 1 < len(words) else None)
    return found


def chosen(words: Sequence[str], flag: str, choices: Sequence[Choice], default: Choice) -> Choice:
    """Return which of some names a flag in words of a command line takes.

    Raises:
        CanterError: it is none of them; the message says what was meant.
    """
    given = flag_value(words, flag)
    if given is None:
        return default
    if given not in choices:
        names = [str(choice) for choice in choices]
        near = difflib.get_close_matches(given, names, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"it may be {', '.join(names)}"
        raise CanterError(f"no {flag} '{given}'; {hint}")
    return next(choice for choice in choices if choice == given)


def started_from(preset: Settings, words: Sequence[str], out: Path) -> Settings:
    """Return what the options of a training start from: a file, the resumed run, or a preset.

    Options on the command line come on top: ``--config FILE`` repeats a run, ``--resume`` takes
    the settings that lie in ``--out``.

    Args:
        preset: settings where neither is given.
        words: the command line behind the command.
        out: folder of the run where ``--out`` is not given.

    Raises:
        CanterError: a file is named that cannot be read.
    """
    file = flag_value(words, "--config")
    if file is not None:
        return load_config(preset, Path(file))
    kept = config_path(Path(flag_value(words, "--out") or out))
    return load_config(preset, kept) if "--resume" in words and kept.exists() else preset

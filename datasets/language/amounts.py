"""Numbers with units in words or digits: distances in metres, angles in degrees."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal

Unit = Literal["metre", "degree"]

LENGTHS: Mapping[str, float] = {"half": 0.5, "one": 1.0, "one_half": 1.5, "two": 2.0}
"""Distances that the robot walks when told, by the word for each, m."""
OPEN_LENGTH: Final = 1.4
"""About how far it walks where no distance is said, m."""
ANGLES: Mapping[str, float] = {name: float(name) for name in ("45", "90", "135", "180")}
"""Angles that it turns when told, degrees."""
TOLERANCE: Final = 0.25
"""Greatest error of the nearest of them, as a fraction of what was said."""
STEP: Final = 0.5
"""What is read for a step of the robot, m."""

_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
_MORE = "fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_NUMBERS: dict[str, float] = {
    **{word: float(i) for i, word in enumerate((_ONES + " " + _MORE).split())},
    **{word: 20.0 + 10 * i for i, word in enumerate(_TENS.split())},
    "a": 1.0, "an": 1.0, "half": 0.5, "quarter": 0.25, "third": 1 / 3, "eighth": 0.125,
    "couple": 2.0, "fourty": 40.0,
}  # fmt: skip
_FRACTIONS = ("half", "third", "quarter", "eighth")
_UNITS: dict[str, tuple[Unit, float]] = {
    **dict.fromkeys((
        "m", "metre", "metres", "meter", "meters", "mtr", "米", "公尺",
    ), ("metre", 1.0)),
    **dict.fromkeys(
        ("cm", "centimetre", "centimetres", "centimeter", "centimeters", "centi", "厘", "分"),
        ("metre", 0.01),
    ),
    **dict.fromkeys(("mm", "millimetres", "millimeters"), ("metre", 0.001)),
    **dict.fromkeys(("km", "kilometre", "kilometres", "kilometer", "kilometers"), ("metre", 1e3)),
    **dict.fromkeys(("foot", "feet", "ft", "尺"), ("metre", 0.3048)),
    **dict.fromkeys(("yard", "yards", "yd"), ("metre", 0.9144)),
    **dict.fromkeys(("inch", "inches"), ("metre", 0.0254)),
    **dict.fromkeys(("step", "steps", "pace", "paces", "步"), ("metre", STEP)),
    **dict.fromkeys(("degree", "degrees", "deg", "degs", "°", "度"), ("degree", 1.0)),
    **dict.fromkeys(
        ("turn", "turns", "circle", "circles", "revolution", "rotation", "spin", "圈", "周"),
        ("degree", 360.0),
    ),
}  # fmt: skip
_CHINESE_DIGITS = {char: i for i, char in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2}
_NUMERAL = re.compile(r"\d+(?:[.,]\d+)?")


def read_amount(tokens: Sequence[str]) -> tuple[float, Unit] | None:
    """Return a distance or an angle.

    Args:
        tokens: words or Chinese characters, such as ("half", "a", "metre") or ("九", "十", "度").

    Returns:
        Metres or degrees, with the unit; None where there is no number with a unit.
    """
    if any("\u3400" <= token[0] <= "\u9fff" for token in tokens if token):
        return _chinese(tokens)
    units = [(i, _UNITS[token]) for i, token in enumerate(tokens) if token in _UNITS]
    if not units:
        return _bare_angle(tokens)
    at, (unit, scale) = units[0]
    number = _number(tokens[:at])
    after = tokens[at + 1 :]
    if tuple(after[:3]) == ("and", "a", "half"):
        number = (1.0 if number is None else number) + 0.5
    if number is None and scale not in (STEP, 1.0, 0.3048, 360.0):
        return None
    return (1.0 if number is None else number) * scale, unit


def nearest(amount: tuple[float, Unit]) -> str | None:
    """Return the word for the nearest amount that the robot does, or None where none is near."""
    value, unit = amount
    choices = LENGTHS if unit == "metre" else ANGLES
    name = min(choices, key=lambda one: abs(choices[one] - value))
    return name if abs(choices[name] - value) <= TOLERANCE * value else None


def _bare_angle(tokens: Sequence[str]) -> tuple[float, Unit] | None:
    """Return a quarter or half of a turn, or a number of degrees, that lacks its unit."""
    number = _number([token for token in tokens if token not in ("by", "around", "round", "way")])
    if number is None:
        return None
    if number in (0.25, 0.5, 0.125):
        return number * 360.0, "degree"
    return (number, "degree") if number >= 10 else (number, "metre")


def _number(tokens: Sequence[str]) -> float | None:
    """Return the number that words say, such as "one and a half" or "three quarters"."""
    total: float | None = None
    counts = [w for w in tokens if w not in ("a", "an")]
    others = any(w in _NUMBERS or _NUMERAL.fullmatch(w) for w in counts)
    for word in tokens:
        plain = word.removesuffix("s") if word in ("quarters", "eighths", "thirds") else word
        if _NUMERAL.fullmatch(word):
            value = float(word.replace(",", "."))
        elif plain in _NUMBERS:
            value = _NUMBERS[plain]
        elif word == "hundred":
            total = (1.0 if total is None else total) * 100
            continue
        else:
            continue
        if word in ("a", "an") and others:
            continue
        if plain in _FRACTIONS and "and" not in tokens:
            total = value * (total or 1.0)
        else:
            total = value if total is None else total + value
    return total


def _chinese(tokens: Sequence[str]) -> tuple[float, Unit] | None:
    """Return a distance or an angle in Chinese."""
    text = "".join(tokens)
    if "分之一圈" in text:
        parts = _CHINESE_DIGITS.get(text[text.index("分") - 1])
        return (360.0 / parts, "degree") if parts else None
    if any(word in text for word in ("直角", "四分之一")):
        return 90.0, "degree"
    at = next((i for i, char in enumerate(text) if char in _UNITS), None)
    if at is None:
        return None
    unit, scale = _UNITS[text[at]]
    number = _chinese_number(text[:at])
    if number is None:
        return None
    after = text[at + 1 :]
    if after[:1] == "半":
        number += 0.5
    elif unit == "metre" and scale == 1.0 and after[:1] in _CHINESE_DIGITS:
        number += _CHINESE_DIGITS[after[0]] / 10
    return number * scale, unit


def _chinese_number(text: str) -> float | None:
    """Return the number that Chinese characters say, up to 999."""
    text = text.removesuffix("个").removesuffix("公")
    if text.endswith("半"):
        return 0.5
    found = _NUMERAL.search(text)
    if found:
        return float(found[0].replace(",", "."))
    whole, point, decimals = text.partition("点")
    total, digit, known = 0.0, None, False
    for char in whole:
        if char in _CHINESE_DIGITS:
            digit, known = _CHINESE_DIGITS[char], True
        elif char in "十百":
            total += (1 if digit is None else digit) * (10 if char == "十" else 100)
            digit, known = None, True
    total += digit or 0
    if point and all(char in _CHINESE_DIGITS for char in decimals):
        total += sum(_CHINESE_DIGITS[c] * 0.1 ** (i + 1) for i, c in enumerate(decimals))
    return total if known and math.isfinite(total) else None

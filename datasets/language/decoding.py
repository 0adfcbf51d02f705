"""From what the reader's network named to the words of the task's scene."""

from collections.abc import Mapping, Sequence

from canter.control.errors import InstructionError
from canter.datasets.language.amounts import ANGLES, LENGTHS, Unit, nearest, read_amount
from canter.datasets.language.labels import meanings_by_place
from canter.datasets.language.reader import Named

USUAL_TURN = "90"
AMOUNT_PLACES = ("much", "angle")
MOST_LEGS = 3


def decode(task: str, named: Sequence[Named]) -> dict[str, str]:
    """Return the words of the task's scene.

    Args:
        task: name of the task.
        named: what the sentence names, by place.

    Raises:
        InstructionError: what the task needs is not named, or the robot cannot do that much.
    """
    words: dict[str, str] = {}
    amounts: dict[str, tuple[str, ...]] = {}
    for one in named:
        if one.place.rstrip("0123456789") in AMOUNT_PLACES:
            amounts[one.place[-1]] = one.words
        else:
            words |= meanings_by_place()[one.place, one.value]
    if task == "move":
        return _legs(words, amounts)
    _check(task, words)
    return _without_contrast(words)


NEEDED: Mapping[str, tuple[tuple[str, ...], str]] = {
    "go_to": (("colour", "shape", "which", "not_colour", "not_shape"), "what to go to"),
    "go_avoid": (("colour", "shape"), "what to go to"),
    "go_through": (("colour", "kind"), "which gate or tunnel"),
    "distinguish": (("glyph",), "which letter or digit"),
    "unload": (("colour",), "which bin, by its colour"),
    "crawl": (("bar", "colour", "shape"), "which bar, by its colour"),
}
"""Of which words a task needs at least one, and what they say."""


def _check(task: str, words: Mapping[str, str]) -> None:
    """Refuse a sentence that leaves out what its task is about."""
    if task == "sequence":
        for end, ordinal in (("", "first"), ("2", "second")):
            if f"colour{end}" not in words and f"shape{end}" not in words:
                raise InstructionError(f"say what to go to {ordinal}, by its colour and shape")
    keys, what = NEEDED.get(task, ((), ""))
    if keys and not any(key in words for key in keys):
        raise InstructionError(f"say {what}")


def _without_contrast(words: dict[str, str]) -> dict[str, str]:
    """Leave out what is not meant where what is meant says it: "not the red one, the green one"."""
    told = {key: word for key, word in words.items() if not key.startswith("not_")}
    colour, shape = words.get("not_colour"), words.get("not_shape")
    if colour and shape and "colour" in told and "shape" not in told:
        told["shape"] = shape
    excluded = (colour and told.get("colour", colour) != colour) or (
        shape and told.get("shape", shape) != shape
    )
    if excluded:
        return told
    return told | {key: word for key, word in words.items() if key.startswith("not_")}


def _legs(words: Mapping[str, str], amounts: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return the things to do in their order, numbered without a gap."""
    found: dict[str, str] = {}
    count = 0
    for number in map(str, range(MOST_LEGS)):
        leg = {key[:-1]: word for key, word in words.items() if key.endswith(number)}
        if not leg and number not in amounts:
            continue
        leg = _completed(leg, amounts.get(number))
        found |= {f"{key}{count}": word for key, word in leg.items()}
        count += 1
    if not found:
        raise InstructionError("say what to do: walk, turn, crouch, stand tall, look up or down")
    return found


def _completed(leg: dict[str, str], said: Sequence[str] | None) -> dict[str, str]:
    """Return one thing to do with its amount and what goes without saying."""
    amount = read_amount(said) if said else None
    if "do" not in leg:
        leg["do"] = "turn" if amount is not None and amount[1] == "degree" else "walk"
        if leg["do"] == "walk" and "posture" in leg and amount is None and "pace" not in leg:
            return {"do": "pose", "way": leg["posture"]}
    if leg["do"] == "pose":
        return {"do": "pose", "way": leg["way"]}
    if leg["do"] == "turn":
        turn = leg.get("amount") or (_nearest(amount, "degree") if amount else USUAL_TURN)
        return {key: leg[key] for key in ("do", "way") if key in leg} | {"amount": turn}
    leg.setdefault("way", "forward")
    length = _nearest(amount, "metre") if amount else ""
    leg.pop("amount", None)
    return {**leg, "amount": length} if length else leg


def _nearest(amount: tuple[float, Unit], unit: Unit) -> str:
    """Return the word for the nearest amount that the robot does.

    Raises:
        InstructionError: none is near, or the unit is another.
    """
    value, said = amount
    if said != unit:
        raise InstructionError(f"a {'walk' if unit == 'metre' else 'turn'} is told in {unit}s")
    name = nearest(amount)
    if name is None:
        choices = LENGTHS if unit == "metre" else ANGLES
        listed = ", ".join(f"{number:g}" for number in choices.values())
        raise InstructionError(f"the robot does {listed} {unit}s when told, not {value:g}")
    return name

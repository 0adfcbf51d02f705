"""The seal of a contract: digests that show that it was changed after export, and where.

A guard against mistakes (a value edited by hand, a file patched by a script), not against an
adversary, who could compute the digests again.
"""

import hashlib
import json
from typing import Any

from canter.control.errors import ContractError
from canter.control.policy.strict_json import parse_object

SHORT_DIGEST = 8
MAX_SPLIT = 32
"""Objects and lists with more entries than this are digested whole."""


def seal(document: str, golden: str) -> tuple[str, str]:
    """Return (sha256 of everything, JSON of a short digest per field) of a contract's JSON."""
    digests = json.dumps(_field_digests(document, golden))
    return _total(document, golden, digests), digests


def check_seal(document: str, golden: str, digest: str, field_digests: str, source: str) -> None:
    """Compare a contract with its seal.

    Args:
        document: JSON of the contract.
        golden: encoded golden vectors.
        digest: first result of `seal`.
        field_digests: second result of `seal`.
        source: name of the file, for messages.

    Raises:
        ContractError: anything differs; the message names the file and the changed fields.
    """
    if digest == _total(document, golden, field_digests):
        return
    expected = parse_object(field_digests, f"{source}: field digests")
    actual = _field_digests(document, golden)
    names = [name for name in {**expected, **actual} if expected.get(name) != actual.get(name)]
    what = f"contract field {', '.join(names)}" if names else "the contract's text or its digest"
    raise ContractError(
        f"{source}: {what} was changed after export; export the policy again instead of editing it"
    )


def _total(document: str, golden: str, field_digests: str) -> str:
    parts = (_sha256(part) for part in (document, golden, field_digests))
    return _sha256(" ".join(parts))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _field_digests(document: str, golden: str) -> dict[str, str]:
    parts = _split(parse_object(document, "contract"), "")
    digests = {name: json.dumps(value, sort_keys=True) for name, value in parts.items()}
    digests["golden vectors"] = golden
    return {name: _sha256(text)[:SHORT_DIGEST] for name, text in digests.items()}


def _split(value: Any, name: str) -> dict[str, Any]:  # noqa: ANN401
    """Return the parts of nested JSON by path; a list of plain values is one part."""
    parts: dict[str, Any] = {}
    if isinstance(value, dict) and 0 < len(value) <= MAX_SPLIT:
        for key, item in value.items():
            parts |= _split(item, f"{name}.{key}" if name else key)
    elif (
        isinstance(value, list)
        and len(value) <= MAX_SPLIT
        and any(isinstance(item, dict) for item in value)
    ):
        for index, item in enumerate(value):
            parts |= _split(item, f"{name}[{index}]")
    else:
        parts[name] = value
    return parts

"""The policy contract: JSON there and back, strictness, and that every change is refused."""

import json
import math
from collections.abc import Callable
from dataclasses import fields, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canter.control.errors import ContractError
from canter.control.gait.action import StiffnessAction
from canter.control.gait.observation import (
    LOCOMOTION_TERMS,
    ObservationTerm,
    locomotion_terms,
)
from canter.control.policy.compatibility import check_graph, check_matches
from canter.control.policy.contract import (
    CONTRACT_KEY,
    DIGEST_KEY,
    FIELD_DIGESTS_KEY,
    GOLDEN_KEY,
    NO_GAINS,
    PolicyContract,
    metadata_for,
    read_metadata,
)
from canter.control.robot import GO2, LEGS
from canter.control.types import GAIT_RANGES
from tests.control.policies import WIDTH, golden, locomotion_contract

DOCUMENT_FIELDS = [
    "schema",
    *(f.name for f in fields(PolicyContract) if f.name not in ("stiffness", "origin")),
]
TERM_FIELDS = [field.name for field in fields(ObservationTerm)]
SOURCE = "walk.onnx"


def changed(value: Any) -> Any:  # noqa: ANN401
    """Return another JSON value of the same type."""
    changes: dict[type, Callable[[Any], Any]] = {
        str: lambda text: text + "x",
        int: lambda number: number + 1,
        float: lambda number: number + 1e-9,
        list: lambda items: [changed(items[0]), *items[1:]],
        dict: lambda items: {k: changed(v) for k, v in items.items()},
    }
    return changes[type(value)](value)


@cache
def valid_metadata() -> dict[str, str]:
    """Return the metadata of a valid contract, computed once."""
    return metadata_for(locomotion_contract(), golden())


def edited(change: Callable[[dict[str, Any]], None]) -> dict[str, str]:
    """Return valid metadata whose contract was edited without sealing it again."""
    metadata = valid_metadata()
    document = json.loads(metadata[CONTRACT_KEY])
    change(document)
    return metadata | {CONTRACT_KEY: json.dumps(document)}


def test_json_there_and_back() -> None:
    contract = locomotion_contract()
    assert PolicyContract.from_json(contract.to_json()) == contract


@given(
    st.builds(
        ObservationTerm,
        name=st.text(min_size=1),
        width=st.integers(1, 99),
        frame=st.text(),
        unit=st.text(),
        scale=st.floats(allow_nan=False, allow_infinity=False),
        delay_s=st.floats(0, 1),
    )
)
def test_any_term_survives_json_to_the_last_bit(term: ObservationTerm) -> None:
    contract = locomotion_contract(observation=(term,))
    assert PolicyContract.from_json(contract.to_json()).observation == (term,)


def test_metadata_there_and_back() -> None:
    contract, samples = read_metadata(metadata_for(locomotion_contract(), golden()), SOURCE)
    assert contract == locomotion_contract()
    for got, expected in zip(samples, golden(), strict=True):
        np.testing.assert_array_equal(got.inputs["obs"], expected.inputs["obs"])
        np.testing.assert_array_equal(got.outputs["action"], expected.outputs["action"])


@pytest.mark.parametrize("name", DOCUMENT_FIELDS)
def test_a_missing_field_is_named(name: str) -> None:
    with pytest.raises(ContractError, match=rf"{SOURCE}.*{name}"):
        read_metadata(edited(lambda document: document.pop(name)), SOURCE)


@pytest.mark.parametrize("name", DOCUMENT_FIELDS)
@pytest.mark.parametrize("value", [None, True, 1.5, "text", ["a"], {"a": 1}])
def test_a_wrong_type_or_value_is_named(name: str, value: Any) -> None:  # noqa: ANN401
    with pytest.raises(ContractError, match=rf"{SOURCE}.*{name}"):
        read_metadata(edited(lambda document: document.update({name: value})), SOURCE)


@pytest.mark.parametrize("name", DOCUMENT_FIELDS)
def test_any_change_of_a_field_is_named(name: str) -> None:
    def change(document: dict[str, Any]) -> None:
        document[name] = changed(document[name])

    with pytest.raises(ContractError, match=rf"{SOURCE}.*{name}"):
        read_metadata(edited(change), SOURCE)


@pytest.mark.parametrize("name", TERM_FIELDS)
@pytest.mark.parametrize("index", range(len(LOCOMOTION_TERMS)))
def test_any_change_of_a_term_is_named(name: str, index: int) -> None:
    def change(document: dict[str, Any]) -> None:
        term = document["observation"][index]
        term[name] = changed(term[name])

    with pytest.raises(ContractError, match=rf"{SOURCE}.*observation\[{index}\].{name}"):
        read_metadata(edited(change), SOURCE)


@pytest.mark.parametrize("field", GAIT_RANGES)
def test_any_change_of_a_range_is_named(field: str) -> None:
    def change(document: dict[str, Any]) -> None:
        document["command_ranges"][field][1] += 1e-12

    with pytest.raises(ContractError, match=rf"command_ranges.{field}"):
        read_metadata(edited(change), SOURCE)


def test_unknown_field_is_named() -> None:
    with pytest.raises(ContractError, match=r"unknown field 'softness'.*known are kind"):
        read_metadata(edited(lambda document: document.update(softness=1)), SOURCE)


def test_repeated_field_is_named() -> None:
    text = locomotion_contract().to_json().replace("{", '{"robot": "go1", ', 1)
    with pytest.raises(ContractError, match="repeated field robot"):
        PolicyContract.from_json(text)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_numbers_are_finite(number: str) -> None:
    text = locomotion_contract().to_json().replace("0.02", number)
    with pytest.raises(ContractError, match="finite"):
        PolicyContract.from_json(text)


@pytest.mark.parametrize("key", [CONTRACT_KEY, GOLDEN_KEY, DIGEST_KEY, FIELD_DIGESTS_KEY])
@pytest.mark.parametrize("text", [None, "", "{", "[]", "AAAA"])
def test_damaged_metadata_is_refused_with_the_file(key: str, text: str | None) -> None:
    metadata = dict(valid_metadata())
    if text is None:
        del metadata[key]
    else:
        metadata[key] = text
    with pytest.raises(ContractError, match=SOURCE):
        read_metadata(metadata, SOURCE)


def test_other_golden_vectors_are_refused() -> None:
    other = metadata_for(locomotion_contract(), golden()[:1])
    metadata = valid_metadata() | {GOLDEN_KEY: other[GOLDEN_KEY]}
    with pytest.raises(ContractError, match="golden vectors"):
        read_metadata(metadata, SOURCE)


def test_what_json_cannot_hold_is_refused_at_export() -> None:
    with pytest.raises(ContractError, match=r"kp\[0\]"):
        locomotion_contract(kp=tuple(np.ones(12, np.float32))).to_json()
    with pytest.raises(ContractError, match="extra"):
        locomotion_contract(extra={"a": object()}).to_json()


def test_a_valid_contract_matches() -> None:
    check_matches(locomotion_contract(), GO2)


def test_a_vla_contract_needs_no_gains() -> None:
    vla = locomotion_contract(
        kind="vla", kp=(), kd=(), gains_meaning=NO_GAINS, control_period_s=0.2, observation=()
    )
    check_matches(vla, GO2)


def term_with(**changes: Any) -> tuple[ObservationTerm, ...]:  # noqa: ANN401
    """Return the locomotion terms with the last one changed."""
    return (*LOCOMOTION_TERMS[:-1], replace(LOCOMOTION_TERMS[-1], **changes))


def ranges(**changes: Any) -> dict[str, tuple[float, float]]:  # noqa: ANN401
    """Return the gait ranges with some replaced."""
    return GAIT_RANGES | changes


@pytest.mark.parametrize(
    ("named", "changes"),
    [
        ("kind", {"kind": "manipulation"}),
        ("robot", {"robot": "go1"}),
        ("joint_names", {"joint_names": GO2.joint_names[::-1]}),
        ("joint_names", {"joint_names": GO2.joint_names[:11]}),
        ("default_q", {"default_q": (0.0, 0.9, -1.8) * 3 + (0.0, 0.9, -1.5)}),
        ("default_q", {"default_q": (0.0,) * 11}),
        ("kp", {"kp": (25.0,) * 11}),
        ("kp", {"kp": (-25.0,) * 12}),
        ("kp", {"kp": (float("nan"),) * 12}),
        ("kd", {"kd": ()}),
        ("kd", {"kd": (float("inf"),) * 12}),
        ("gains_meaning", {"gains_meaning": "kp in Nm/deg"}),
        ("action_scale", {"action_scale": (0.25,) * 3}),
        ("action_scale", {"action_scale": (0.0,) * 12}),
        ("action_clip", {"action_clip": (1.0, -1.0)}),
        ("observation", {"observation": ()}),
        ("observation", {"observation": LOCOMOTION_TERMS + LOCOMOTION_TERMS[:1]}),
        ("observation.foot_force", {"observation": term_with(name="foot_force")}),
        ("observation.last_action.width", {"observation": term_with(width=6)}),
        ("observation.last_action.frame", {"observation": term_with(frame="world")}),
        ("observation.last_action.unit", {"observation": term_with(unit="deg")}),
        ("observation.last_action.scale", {"observation": term_with(scale=0.0)}),
        ("observation.last_action.clip", {"observation": term_with(clip=(1.0, 0.0))}),
        ("observation.last_action.history", {"observation": term_with(history=0)}),
        ("observation.last_action.history", {"observation": term_with(history=101)}),
        ("observation.last_action.delay_s", {"observation": term_with(delay_s=-0.1)}),
        ("command_ranges.vx", {"command_ranges": ranges(vx=(-2.0, 1.0))}),
        ("command_ranges.wz", {"command_ranges": ranges(wz=(1.0, -1.0))}),
        ("command_ranges.vz", {"command_ranges": ranges(vz=(0.0, 1.0))}),
        ("command_ranges.phase_fr", {"command_ranges": {"vx": (0.0, 1.0), "vy": (0.0, 0.0),
                                                        "wz": (0.0, 0.0)}}),
        ("control_period_s", {"control_period_s": 0.01}),
        ("control_period_s", {"control_period_s": 0.0}),
        ("quaternion_order", {"quaternion_order": "xyzw"}),
        ("normalisation", {"normalisation": "in a side file"}),
        ("training_commit", {"training_commit": " "}),
        ("training_seed", {"training_seed": -1}),
    ],
)  # fmt: skip
def test_a_sealed_mismatch_is_refused_by_name(named: str, changes: dict[str, Any]) -> None:
    with pytest.raises(ContractError, match=rf"{SOURCE}: contract field '{named}'"):
        check_matches(locomotion_contract(**changes), GO2, SOURCE)


BY_LEG = StiffnessAction(legs=LEGS, kp_range=(20.0, 80.0), damping=0.2)


def stiffness_contract(**changes: Any) -> PolicyContract:  # noqa: ANN401
    """Return a valid contract of a policy that sets the stiffness of each leg, changed."""
    wide = locomotion_terms(outputs=16)
    valid = {"stiffness": BY_LEG, "action_scale": (0.25,) * 12 + (10.0,) * 4, "observation": wide}
    return locomotion_contract(**(valid | changes))


def test_stiffness_survives_json_and_is_left_out_where_gains_are_constant() -> None:
    contract = stiffness_contract()
    assert PolicyContract.from_json(contract.to_json()) == contract
    check_matches(contract, GO2)
    assert "stiffness" not in json.loads(locomotion_contract().to_json())


def test_a_stiffness_of_null_is_refused() -> None:
    document = json.loads(stiffness_contract().to_json()) | {"stiffness": None}
    with pytest.raises(ContractError, match="stiffness"):
        PolicyContract.from_json(json.dumps(document))


@pytest.mark.parametrize(
    ("named", "changes"),
    [
        ("kind", {"kind": "vla"}),
        ("stiffness.legs", {"stiffness": replace(BY_LEG, legs=LEGS[::-1])}),
        ("stiffness.legs", {"stiffness": replace(BY_LEG, legs=LEGS[:2])}),
        ("stiffness.kp_range", {"stiffness": replace(BY_LEG, kp_range=(80.0, 20.0))}),
        ("stiffness.kp_range", {"stiffness": replace(BY_LEG, kp_range=(0.0, 80.0))}),
        ("stiffness.kp_range", {"stiffness": replace(BY_LEG, kp_range=(30.0, 80.0))}),
        ("stiffness.damping", {"stiffness": replace(BY_LEG, damping=0.0)}),
        ("stiffness.damping", {"stiffness": replace(BY_LEG, damping=math.nan)}),
        ("action_scale", {"action_scale": (0.25,) * 12}),
        ("observation.last_action.width", {"observation": LOCOMOTION_TERMS}),
    ],
)
def test_a_stiffness_that_does_not_fit_is_refused_by_name(
    named: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(ContractError, match=rf"{SOURCE}: contract field '{named}'"):
        check_matches(stiffness_contract(**changes), GO2, SOURCE)


def test_an_observation_may_look_back() -> None:
    check_matches(locomotion_contract(observation=locomotion_terms(history=50)), GO2)


@pytest.mark.parametrize(
    ("named", "inputs", "outputs"),
    [
        ("observation", {"obs": ["n", WIDTH - 6]}, {"action": ["n", 12]}),
        ("observation", {"state": ["n", WIDTH]}, {"action": ["n", 12]}),
        ("observation", {"obs": ["n", WIDTH], "h": ["n", 4]}, {"action": ["n", 12]}),
        ("action_scale", {"obs": ["n", WIDTH]}, {"action": ["n", 6]}),
        ("action_scale", {"obs": ["n", WIDTH]}, {"mean": ["n", 12]}),
    ],
)
def test_another_graph_is_refused_by_name(
    named: str, inputs: dict[str, list[int | str]], outputs: dict[str, list[int | str]]
) -> None:
    with pytest.raises(ContractError, match=rf"{SOURCE}: contract field '{named}"):
        check_graph(locomotion_contract(), inputs, outputs, SOURCE)

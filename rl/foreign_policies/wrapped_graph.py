"""A network between what our runtime packs and what our action map takes, in one ONNX graph.

``obs`` holds raw terms by name, in the robot's joint order, oldest frame first. The graph takes
from it each number that the network sees, scales, shifts and clips it, and puts the network's
actions into the robot's joint order: order and normalisation lie inside the graph.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from canter.control.errors import CanterError
from canter.control.gait.observation import ObservationTerm, known_terms, observation_layout
from canter.control.policy.compatibility import ACTION_OUTPUT, LONGEST_HISTORY, OBSERVATION_INPUT
from canter.rl.foreign_policies.network import ONNX_INPUT, ONNX_OUTPUT
from canter.rl.foreign_policies.recipe import ObservedNumber, Recipe
from canter.rl.torch_graph import ROWS

Float32 = NDArray[np.float32]


def raw_terms(recipe: Recipe) -> tuple[ObservationTerm, ...]:
    """Return the contract's terms: each quantity that the network sees, raw, as long as it looks.

    Raises:
        CanterError: it looks back further than is kept.
    """
    found: list[ObservationTerm] = []
    for term in known_terms().values():
        seen = [one for one in recipe.observation if one.term == term.name]
        if not seen:
            continue
        history = max(one.age for one in seen) + 1
        if history > LONGEST_HISTORY:
            raise CanterError(
                f"observation: {term.name} looks {history} frames back, at most "
                f"{LONGEST_HISTORY} are kept"
            )
        ends = [sorted((one.low / one.scale, one.high / one.scale)) for one in seen]
        clip = (min(low for low, _ in ends), max(high for _, high in ends))
        found.append(replace(term, scale=1.0, clip=clip, history=history))
    return tuple(found)


def places(
    observation: tuple[ObservedNumber, ...], terms: tuple[ObservationTerm, ...]
) -> NDArray[np.int64]:
    """Return where each number that the network sees stands among the packed raw terms."""
    layout, by_name = observation_layout(terms), {term.name: term for term in terms}

    def place(one: ObservedNumber) -> int:
        if not one.term:
            return 0  # its scale is zero
        term = by_name[one.term]
        frame = term.history - 1 - one.age
        start: int = layout[one.term].start
        return start + frame * term.width + one.component

    return np.array([place(one) for one in observation], np.int64)


def shown(packed: Float32, recipe: Recipe, terms: tuple[ObservationTerm, ...]) -> Float32:
    """Return what the network sees, (N, inputs), of packed raw terms, (N, size), by numpy."""
    columns = {name: _column(recipe, name) for name in ("scale", "offset", "low", "high")}
    picked = packed[:, places(recipe.observation, terms)]
    scaled = picked * columns["scale"] + columns["offset"]
    return np.asarray(np.clip(scaled, columns["low"], columns["high"]), np.float32)


def wrapped(
    network: onnx.ModelProto, recipe: Recipe, terms: tuple[ObservationTerm, ...]
) -> onnx.ModelProto:
    """Return the graph from ``obs`` (robots, size) to ``action`` (robots, 12)."""
    constants: Mapping[str, NDArray[np.generic]] = {
        "places": places(recipe.observation, terms),
        "joints": recipe.from_network(),
        **{name: _column(recipe, name) for name in ("scale", "offset", "low", "high")},
    }
    nodes = [
        helper.make_node("Gather", [OBSERVATION_INPUT, "places"], ["picked"], axis=1),
        helper.make_node("Mul", ["picked", "scale"], ["scaled"]),
        helper.make_node("Add", ["scaled", "offset"], ["shifted"]),
        helper.make_node("Max", ["shifted", "low"], ["bounded"]),
        helper.make_node("Min", ["bounded", "high"], [ONNX_INPUT]),
        *network.graph.node,
        helper.make_node("Gather", [ONNX_OUTPUT, "joints"], [ACTION_OUTPUT], axis=1),
    ]
    size = observation_layout(terms).size
    graph = helper.make_graph(
        nodes,
        "imported",
        [helper.make_tensor_value_info(OBSERVATION_INPUT, TensorProto.FLOAT, [ROWS, size])],
        [helper.make_tensor_value_info(ACTION_OUTPUT, TensorProto.FLOAT, [ROWS, len(recipe.kp)])],
        [
            *network.graph.initializer,
            *(numpy_helper.from_array(value, name) for name, value in constants.items()),
        ],
    )
    model = helper.make_model(
        graph, opset_imports=network.opset_import, functions=network.functions
    )
    model.ir_version = network.ir_version
    return model


def _column(recipe: Recipe, name: str) -> Float32:
    """Return one value of each number that the network sees, (inputs,)."""
    return np.array([getattr(one, name) for one in recipe.observation], np.float32)

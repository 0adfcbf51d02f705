"""``canter train gait``: an exported gait and judged pairs in, a tuned gait of its kind out."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from importlib import import_module

import torch
from rich.console import Console

from canter.control.errors import CanterError
from canter.control.locomotion import shipped_policy
from canter.control.policy.contract import PolicyContract
from canter.control.provenance import commit
from canter.control.robot import RobotSpec
from canter.rl.export_locomotion import write_policy
from canter.rl.preferences.exported_gait import KIND, TunableGait, read_gait
from canter.rl.preferences.judged_pairs import JudgedPairs, judged_pairs, refuse_strangers
from canter.rl.preferences.method import PROBE
from canter.rl.preferences.objectives import divergence
from canter.rl.preferences.pair_learning import METHODS
from canter.rl.preferences.preference_file import read_preferences
from canter.rl.preferences.preference_settings import GaitTuning
from canter.rl.run_config import save_config
from canter.sim.robots.registry import robot

Tuner = Callable[[TunableGait, JudgedPairs, GaitTuning, RobotSpec], None]
"""Changes a network in place."""
TUNERS: dict[str, str] = {
    **dict.fromkeys(METHODS, "canter.rl.preferences.pair_learning:tune_by_pairs"),
    "ppo": "canter.rl.preferences.teacher_reward:reinforce",
}
"""What tunes a gait by the name of the method, "module:function"."""


def main(settings: GaitTuning) -> int:
    """Tune and export ``policy.onnx``.

    Raises:
        CanterError: there are no preferences to learn from, they are not of this robot and this
            policy, or the folder holds a tuned policy.
    """
    settings.check()
    source, out = settings.preferences, settings.out / "policy.onnx"
    if source is None:
        raise CanterError(
            "there is nothing to learn from; pass --preferences FILE, made by: "
            "canter preferences collect"
        )
    if out.exists():
        raise CanterError(f"'{out}' exists, the result of another run; pass another --out")
    spec, console = robot(settings.robot), Console()
    gait = read_gait(settings.start or shipped_policy(spec.name, KIND), spec)
    found = read_preferences(source)
    refuse_strangers(found, spec.name, gait.digest, str(source))
    judged = judged_pairs(found, str(source))
    console.print(f"{source}: {judged}", markup=False, soft_wrap=True)
    save_config(settings, settings.out)
    start = deepcopy(gait.network)
    tuner_of(settings)(gait.network, judged, settings, spec)
    write_policy(gait.network.whole, tuned_contract(gait.contract, judged, settings), out)
    console.print(
        f"KL to the start {moved(gait.network, start, judged):.2f} nats a control step\n"
        f"wrote {out}; measure it with: canter eval style --policy {out}",
        markup=False,
        soft_wrap=True,
    )
    return 0


def tuner_of(settings: GaitTuning) -> Tuner:
    """Return what tunes a gait by the method of a run."""
    module, _, name = TUNERS[settings.method].partition(":")
    found: Tuner = getattr(import_module(module), name)
    return found


@torch.no_grad()
def moved(network: TunableGait, start: TunableGait, judged: JudgedPairs) -> float:
    """Return KL(tuned || start) on a part of what the pairs saw, nats a control step."""
    seen = torch.from_numpy(judged.pairs.observation).flatten(0, 2)
    seen = seen[:: max(1, len(seen) // PROBE)]
    return float(divergence(network(seen), start(seen), judged.pairs.origin.noise))


def tuned_contract(
    contract: PolicyContract, judged: JudgedPairs, settings: GaitTuning
) -> PolicyContract:
    """Return the start's contract with what it was tuned by."""
    origin = judged.pairs.origin
    told = {
        "method": settings.method,
        "teacher": origin.teacher,
        "start": origin.policy,
        "judged": judged.judged,
    }
    return replace(
        contract,
        training_commit=commit(),
        training_seed=settings.seed,
        extra=contract.extra | {"preferences": told},
    )

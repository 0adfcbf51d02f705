"""Begin a training with the weights of another that saw and did less."""

from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import cast
from zipfile import BadZipFile

import torch
from stable_baselines3.common.save_util import load_from_zip_file

from canter.control.errors import CanterError
from canter.control.layout import Layout
from canter.rl.locomotion.asymmetric_policy import AsymmetricPolicy
from canter.rl.locomotion.checkpoint_pickles import refuse_bomb, refuse_programs

ACTOR_INPUT = "mlp_extractor.actor.hidden.0.weight"
CRITIC_INPUT = "mlp_extractor.critic.0.weight"
LOG_STD = "log_std"


def read_weights(checkpoint: Path) -> dict[str, torch.Tensor]:
    """Return the policy's weights in an SB3 checkpoint, by name.

    Raises:
        CanterError: there is no such file, it holds no policy of this project, or pickles that
            could run any program.
    """
    if not checkpoint.is_file():
        raise CanterError(f"no checkpoint '{checkpoint}'; train one: canter train locomotion")
    refuse_bomb(checkpoint)
    try:
        _, parameters, _ = load_from_zip_file(checkpoint, load_data=False, device="cpu")
    except (BadZipFile, ValueError, RuntimeError, UnpicklingError) as error:
        raise CanterError(f"'{checkpoint}' is no whole checkpoint ({error})") from error
    weights = cast("dict[str, torch.Tensor]", parameters.get("policy", {}))
    if ACTOR_INPUT not in weights:
        raise CanterError(
            f"'{checkpoint}' holds no policy of canter train locomotion, and no other can be gone "
            "on with or exported; train one, or see docs/policies.md for other programs' policies"
        )
    refuse_programs(checkpoint)
    return dict(weights)


def other_kind(checkpoint: Path, kind: str) -> str:
    """Return what to say of a checkpoint whose weights do not fit a policy of this kind."""
    return f"'{checkpoint}' does not hold a policy of kind {kind}; pass its --policy"


def warm_start(policy: AsymmetricPolicy, donor: Mapping[str, torch.Tensor], layout: Layout) -> None:
    """Copy weights of a policy with a part of this one's inputs and outputs.

    What the donor did not see counts nothing at first, and what it did not do is zero: this policy
    starts with the donor's actions and values. New outputs keep their exploration.

    Args:
        policy: the policy to begin with.
        donor: weights by name.
        layout: observation of ``policy``; the donor's actor saw the front of its "actor" part.

    Raises:
        CanterError: the donor is larger than the policy somewhere; the message names the weight.
    """
    state = policy.state_dict()
    for name, value in donor.items():
        sizes = zip(value.shape, state[name].shape if name in state else (), strict=False)
        if name not in state or any(donor_size > size for donor_size, size in sizes):
            raise CanterError(f"weight '{name}' {tuple(value.shape)} has no place in this policy")
        grown = state[name] if name == LOG_STD else torch.zeros_like(state[name])
        if name == CRITIC_INPUT:
            actor = donor[ACTOR_INPUT].shape[1]
            privileged = layout["privileged"].start
            grown[:, :actor] = value[:, :actor]
            grown[:, privileged : privileged + value.shape[1] - actor] = value[:, actor:]
        else:
            grown[tuple(slice(size) for size in value.shape)] = value
        state[name] = grown
    policy.load_state_dict(state)

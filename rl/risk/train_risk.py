"""``canter train risk``: falls in simulation, a small network, one .npz with its contract."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console

from canter.control.errors import CanterError
from canter.control.locomotion import SHIPPED
from canter.control.provenance import commit
from canter.control.safety.posture_risk import (
    FRAME,
    FRAMES,
    PERIOD_S,
    SCALE,
    PostureRisk,
    RiskContract,
)
from canter.control.session import OnnxSession
from canter.rl.progress import progress_bar
from canter.rl.risk.risk_data import HORIZON_S, Arrays, gather
from canter.rl.risk.risk_settings import RiskTraining
from canter.rl.run_config import refuse_other_settings, save_config
from canter.sim.locomotion.fall_alarms import confirmed, score_alarms
from canter.sim.locomotion.risky_walks import WARM_UP, walks

ALARMS = np.linspace(0.1, 0.99, 90)


def fit(data: Arrays, settings: RiskTraining) -> dict[str, NDArray[np.float32]]:
    """Return the weights that give the least cross-entropy."""
    torch.manual_seed(settings.seed)
    how = settings.network
    sizes = (data["x"].shape[1], *how.widths, 1)
    layers = [torch.nn.Linear(a, b) for a, b in pairwise(sizes)]
    optimiser = torch.optim.Adam(
        [p for layer in layers for p in layer.parameters()],
        how.learning_rate,
        weight_decay=how.weight_decay,
    )
    x, y, w = (torch.from_numpy(data[name]) for name in ("x", "y", "w"))
    with progress_bar() as bar:
        task = bar.add_task("network", total=settings.steps, report="")
        for step in range(settings.steps):
            for group in optimiser.param_groups:
                group["lr"] = how.learning_rate * (1 - step / settings.steps)
            at = torch.randint(0, len(x), (how.batch,))
            logit = x[at]
            for layer in layers[:-1]:
                logit = torch.tanh(layer(logit))
            logit = layers[-1](logit)[:, 0]
            loss = torch.nn.functional.binary_cross_entropy_with_logits(logit, y[at], w[at])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            if step % 50 == 0:
                bar.update(task, completed=step, report=f"loss {loss.item():.3f}")
    weights = {}
    for i, layer in enumerate(layers):
        weights[f"w{i}"] = layer.weight.detach().numpy().T.copy()
        weights[f"b{i}"] = layer.bias.detach().numpy().copy()
    return weights


def choose_alarm(
    session: OnnxSession, model: PostureRisk, settings: RiskTraining
) -> tuple[float, float]:
    """Return the lowest probability that warns falsely no more than aimed at, and how often.

    Found on new walks with hard pushes; a robot that the push fells counts neither way.
    """
    seed = 1000 * settings.seed + 999
    how = settings.alarm
    piece = walks(session, "pushed", how.robots, how.seconds, seed)
    probability = model.probability(piece.seen)
    probability[:WARM_UP] = 0.0
    for alarm in ALARMS:
        found = score_alarms(confirmed(probability > alarm), piece.fallen, piece.ended, PERIOD_S)
        rate = 600 * found.false / found.seconds
        if rate <= how.false_per_10_min:
            break
    return float(alarm), rate


def main(options: RiskTraining) -> int:
    """Collect, train and export ``posture_risk.npz``.

    Raises:
        CanterError: the folder holds pieces and ``resume`` is not set, or pieces of a run with
            other settings.
    """
    if any(options.out.glob("walks_*.npz")) and not options.resume:
        raise CanterError(f"'{options.out}' holds walks; pass --resume to use them")
    refuse_other_settings(options.out, options)
    options.out.mkdir(parents=True, exist_ok=True)
    save_config(options, options.out)
    session = OnnxSession(SHIPPED)
    data = gather(session, options)
    contract = RiskContract(
        robot=session.robot.name,
        joint_names=session.robot.joint_names,
        period_s=PERIOD_S,
        frames=FRAMES,
        terms=FRAME.widths,
        scale=SCALE,
        horizon_s=HORIZON_S,
        alarm=0.5,
        training_commit=commit(),
        training_seed=options.seed,
        falls=int(data["falls"].sum()),
    )
    model = PostureRisk(contract, fit(data, options))
    alarm, rate = choose_alarm(session, model, options)
    out = options.out / "posture_risk.npz"
    PostureRisk(replace(contract, alarm=alarm), model.weights).save(out)
    Console().print(
        f"{contract.falls} falls; warns above {alarm:.2f} ({rate:.2f} false warnings in 10 min of "
        f"hard pushes)\nwrote {out}; measure it with: canter eval risk --model {out}"
    )
    return 0

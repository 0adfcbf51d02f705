"""Normal running of ``canter bench safety``: robots walk, are pushed, and must not be tripped."""

from dataclasses import asdict, dataclass

import numpy as np

from canter.control.safety.heartbeat import Reaction
from canter.control.session import OnnxSession
from canter.evals.safety.injection import Injection
from canter.evals.safety.safety_rig import Rig
from canter.sim.locomotion.locomotion_commands import sample_commands
from canter.sim.physics.batched_sim import CONTROL_PERIOD, ROOT_TWIST

PUSH_SPEED, PUSH_EVERY_S, COMMAND_EVERY_S = 0.5, 4.0, 5.0
TILT_RAD, LOW_M = 1.0, 0.13


@dataclass(frozen=True, slots=True)
class Walk:
    """One robot's normal running.

    Attributes:
        seed: seed of its body, noise, pushes and commands.
        seconds: how long it was watched, up to a trip, s.
        pushes: how often it was pushed.
        commands: how often its command changed.
        rule: the rule that tripped; empty if none did.
        reason: what the monitor said.
        fallen: whether the robot truly lay or leaned over the limit when the monitor tripped.
        settled: how often the monitor asked for rest.
    """

    seed: int
    seconds: float
    pushes: int
    commands: int
    rule: str
    reason: str
    fallen: bool
    settled: int


def walk(session: OnnxSession, seeds: list[int], seconds: float) -> list[dict[str, object]]:
    """Let one robot for each seed walk for so long; return what its monitor did."""
    n = len(seeds)
    rngs = [np.random.default_rng([seed, 4]) for seed in seeds]
    rig = Rig(session, [Injection(rng, np.inf, session.robot) for rng in rngs], seeds)
    commands = np.concatenate([sample_commands(rig.commands, 1, rng) for rng in rngs])
    lived, pushes, changes, settled = (np.zeros(n, int) for _ in range(4))
    fallen = np.zeros(n, bool)
    for _ in range(round(seconds / CONTROL_PERIOD)):
        rig.period(commands)
        up = rig.sim.measured().projected_gravity()[:, 2] < -np.cos(TILT_RAD)
        low = rig.sim.truth().base_pos_w[:, 2] < LOW_M
        for i in np.flatnonzero(rig.sim.active):
            lived[i] += 1
            monitor = rig.seats[i].loop.monitor
            settled[i] += monitor.reaction is Reaction.SETTLE
            if monitor.fault is not None:
                fallen[i], rig.sim.active[i] = not up[i] or low[i], False
                continue
            if rngs[i].random() < CONTROL_PERIOD / PUSH_EVERY_S:
                angle = rngs[i].uniform(-np.pi, np.pi)
                push = PUSH_SPEED * np.array([np.cos(angle), np.sin(angle), 0.0])
                rig.sim.qvel[i, ROOT_TWIST["lin_vel_w"]] += push
                pushes[i] += 1
            if rngs[i].random() < CONTROL_PERIOD / COMMAND_EVERY_S:
                commands[i] = sample_commands(rig.commands, 1, rngs[i])[0]
                changes[i] += 1
    faults = [seat.loop.fault for seat in rig.seats]
    rig.close()
    return [
        asdict(
            Walk(
                seed=seeds[i],
                seconds=float(lived[i] * CONTROL_PERIOD),
                pushes=int(pushes[i]),
                commands=int(changes[i]),
                rule="" if fault is None else fault.rule,
                reason="" if fault is None else fault.reason,
                fallen=bool(fallen[i]),
                settled=int(settled[i]),
            )
        )
        for i, fault in enumerate(faults)
    ]

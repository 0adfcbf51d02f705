"""``canter tune plan`` and ``canter tune record``: what to command, and a recording to try."""

import json

import numpy as np

from canter.control.errors import CanterError
from canter.control.files import write_text
from canter.evals.report import check_writable
from canter.sim.robots.registry import robot
from canter.sim.tune.excitation import excitation
from canter.sim.tune.files import check_format, write_plan, write_recording
from canter.sim.tune.surrogate import draw_hidden, record
from canter.tune.options import TunePlan, TuneRecord

MOST_LINK_ERROR = 0.5


def plan(options: TunePlan) -> int:
    """Write the excitation; returns 0."""
    check_format(options.out)
    check_writable(options.out)
    spec = robot(options.robot)
    commands = excitation(spec, options.seconds, options.seed, options.legs)
    write_plan(options.out, commands, spec)
    speed = np.abs(np.diff(commands.q_target, axis=0)).max() / np.diff(commands.time).min()
    print(
        f"{options.out}: {len(commands.time)} commands, {options.seconds:g} s, "
        f"targets move at {speed:.1f} rad/s at most; read docs/tune.md before a robot sees them"
    )
    return 0


def main(options: TuneRecord) -> int:
    """Draw a robot, let it execute the excitation and write what was recorded; returns 0."""
    check_format(options.out)
    check_writable(options.out)
    check_writable(options.truth)
    if not 0 <= options.link_error <= MOST_LINK_ERROR:
        raise CanterError(f"--link-error is 0 to {MOST_LINK_ERROR}, got {options.link_error}")
    spec = robot(options.robot)
    hidden = draw_hidden(spec, options.seed, options.link_error)
    commands = excitation(spec, options.seconds, options.seed, options.legs)
    recording = record(hidden, spec, commands, options.seed)
    write_recording(options.out, recording)
    if options.truth is not None:
        write_text(options.truth, json.dumps(hidden.as_dict(), indent=2) + "\n")
    print(f"{options.out}: {len(recording.time)} samples, {recording.seconds:.1f} s")
    return 0

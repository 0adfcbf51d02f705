"""What a run with a brain needs before the robot moves: the options checked, the yard drawn."""

import math
import re
import sys
from collections.abc import Iterator

from canter.control.errors import CanterError, InstructionError
from canter.control.vocab import Target
from canter.datasets.language.tasks import grammar
from canter.datasets.language.understanding import TaskInstruction, understand
from canter.run.options import RunOptions
from canter.sim.scenes.scene import Scene
from canter.sim.yard import YardWish, draw_yard
from canter.vla.brain.address import read_address
from canter.vla.brain.chat import ChatClient
from canter.vla.brain.exchange_log import ExchangeLog
from canter.vla.brain.questions import LONGEST_WISH

LONGEST_TIMEOUT_S = 600.0
_CLAUSES = re.compile(
    r"[,;.!\u3002\uff0c\uff1b\uff01]|\b(?:and|then|after that|finally)\b|然后|接着|再|先"
)
"""Between the parts of a wish, in English and Chinese."""


def is_question(text: str) -> bool:
    """Tell whether a person asks something and wishes nothing."""
    return text.rstrip().endswith(("?", "\N{FULLWIDTH QUESTION MARK}"))


def check_brain_options(options: RunOptions) -> None:
    """Refuse options that do not go together.

    Raises:
        CanterError: names the option.
    """
    if options.brain is None:
        for name in ("brain_model", "brain_log", "brain_ways"):
            if getattr(options, name):
                flag = f"--{name.replace('_', '-')}"
                raise CanterError(f"{flag} needs --brain, the address of a model's server")
        return
    read_address(options.brain)
    if not (math.isfinite(options.brain_timeout_s) and options.brain_timeout_s > 0):
        raise CanterError(f"--brain-timeout-s {options.brain_timeout_s:g} is no time; give seconds")
    if options.brain_timeout_s > LONGEST_TIMEOUT_S:
        raise CanterError(
            f"--brain-timeout-s {options.brain_timeout_s:g} is longer than {LONGEST_TIMEOUT_S:g} s"
        )
    wish = options.instruction
    if wish is not None and not 0 < len(wish.strip()) <= LONGEST_WISH:
        raise InstructionError(
            f"the wish has {len(wish.strip())} characters; say it in 1 to {LONGEST_WISH}"
        )
    asks = options.approve == "ask" and not (wish is not None and is_question(wish))
    if asks and not (sys.stdin is not None and sys.stdin.isatty()):
        raise CanterError(
            "--approve ask shows each plan and waits for a 'yes' on a terminal, and standard input "
            "is none; start it in a terminal, or give --approve auto"
        )


def open_brain(options: RunOptions) -> ChatClient:
    """Return the client of the brain, which answers and has its model.

    Raises:
        CanterError: it does not, or the log cannot be written.
    """
    assert options.brain is not None  # asked for only where there is one
    log = None if options.brain_log is None else ExchangeLog(options.brain_log)
    address = read_address(options.brain)
    client = ChatClient(address, options.brain_model, options.brain_timeout_s, log)
    client.check()
    return client


def yard_for(wish: str, seed: int) -> Scene:
    """Return a yard that holds what the clauses of a wish name, as far as they are understood.

    What is named right after a bar stands behind it.

    Raises:
        SceneError: no yard holds all of it.
    """
    things: list[Target] = []
    bar: str | None = None
    behind: Target | None = None
    for asked in _clauses(wish):
        targets = [t for t in grammar(asked.task).targets(asked.words) if t.shape != "bar"]
        named = [t for t in targets if (t.colour or t.shape) and t.shape not in ("gate", "bin")]
        if asked.task == "crawl" and bar is None:
            bar, behind = asked.words.get("bar", ""), next(iter(named), None)
        elif bar is not None and behind is None and named:
            behind = named[0]
        else:
            things += [t for t in named if t not in things and t != behind]
    return draw_yard(seed, YardWish(tuple(things), bar, behind))


def _clauses(wish: str) -> Iterator[TaskInstruction]:
    """Yield what is asked for in those parts of a wish that are understood by themselves."""
    for clause in _CLAUSES.split(wish.lower()):
        try:
            asked = understand(clause)
        except InstructionError:
            continue
        if asked.kind == "task":
            yield asked

"""Whose eyes: `--eyes` of the commands, read and opened."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from canter.control.errors import CanterError
from canter.evals.eyes.poor_eyes import PoorEyes
from canter.evals.eyes.true_eyes import true_eyes
from canter.sim.rendering.camera import Camera
from canter.sim.scene_env import SceneEnv
from canter.vla.brain.address import read_address
from canter.vla.brain.chat import ChatClient
from canter.vla.eyes.asked_eyes import AskedEyes
from canter.vla.eyes.detector import Detector, Picture
from canter.vla.eyes.eyed_policy import Eyes
from canter.vla.eyes.zero_shot import LEAST_SCORE, ZeroShotDetector, check_score
from canter.vla.remote.policy import say_on_stderr

TRUTH, BRAIN = "truth", "brain"
FOLDERS: Final = ("owlv2", "owlvit", "grounding-dino", "mm-grounding-dino", "hf")
"""What may stand before the folder of a detector; hf: any of them."""
USUAL: Final = {"miss": 0.0, "late": 0.0, "off": 0.0, "score": LEAST_SCORE}
"""Options behind a question mark."""
SHARP_EDGE: Final = 480
"""Edge of the pictures that real detectors are given, px: their policy's own are too small."""


@dataclass(frozen=True, slots=True)
class EyesChoice:
    """What was asked for.

    Attributes:
        kind: TRUTH, BRAIN or one of FOLDERS.
        place: folder or address; empty for the truth.
        miss: share of looks that are to find nothing.
        late_s: time that one look takes, s.
        off_px: by how much boxes are to be displaced, px.
        least_score: what is less sure is not there.
    """

    kind: str
    place: str
    miss: float
    late_s: float
    off_px: float
    least_score: float


def read_eyes(text: str) -> EyesChoice:
    """Return what `--eyes` asks for.

    Raises:
        CanterError: it is none of the forms that there are.
    """
    kind, _, rest = text.partition(":")
    if kind == TRUTH and "?" not in rest:
        rest = f"?{rest}"
    place, _, options = rest.partition("?")
    if kind not in (TRUTH, BRAIN, *FOLDERS) or (kind == TRUTH) == bool(place):
        raise CanterError(
            f"--eyes '{text}' names no eyes; give truth, truth:miss=0.2,late=0.5,off=10, "
            "owlv2:FOLDER, grounding-dino:FOLDER, hf:FOLDER or brain:URL"
        )
    told = _options(text, options)
    return EyesChoice(
        kind, place, told["miss"], told["late"], told["off"], check_score(told["score"])
    )


def _options(text: str, options: str) -> Mapping[str, float]:
    """Return the numbers behind the question mark, the usual ones where left out."""
    told = dict(USUAL)
    for option in filter(None, options.split(",")):
        name, _, number = option.partition("=")
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if name not in USUAL or not (math.isfinite(value) and value >= 0.0):
            raise CanterError(
                f"--eyes '{text}': '{option}' is no option; give {', '.join(USUAL)}, each with a "
                "number, as late=0.5"
            )
        told[name] = value
    if told["miss"] > 1.0:
        raise CanterError(f"--eyes '{text}': miss={told['miss']:g} is a share; give 0 to 1")
    return told


def check_eyes(choice: EyesChoice, phrase: str = "") -> None:
    """Open the eyes once, so that whatever is wrong with them is said before a robot moves.

    Args:
        choice: which eyes.
        phrase: what they are to look for; empty where that is not known yet.

    Raises:
        CanterError: they cannot be opened, or cannot look for that.
    """
    detector = _opened(choice)
    if detector is not None and phrase:
        detector.check(phrase)


@cache
def _opened(choice: EyesChoice) -> Detector | None:
    """Return the detector that all robots share; None where each has its own."""
    if choice.kind == TRUTH:
        return None
    if choice.kind == BRAIN:
        return AskedEyes(_client(choice.place))
    kind = "" if choice.kind == "hf" else choice.kind
    return ZeroShotDetector(Path(choice.place), kind, choice.least_score)


def _client(place: str) -> ChatClient:
    """Return a client of the model that is asked; says where pictures go."""
    try:
        address = read_address(place)
        client = ChatClient(address)
        client.check()
    except CanterError as error:
        raise CanterError(f"--eyes {BRAIN}:{place}: {error}") from error
    if address.notice:
        say_on_stderr(address.notice)
    return client


def open_eyes(choice: EyesChoice, env: SceneEnv) -> Eyes:
    """Return eyes for every robot of an environment.

    Raises:
        CanterError: they cannot be opened.
    """
    shared = _opened(choice)
    own: Sequence[Detector] = true_eyes(env) if shared is None else [shared] * env.n
    if choice.miss or choice.off_px:
        seeds = [scene.seed for scene in env.scenes]
        own = [
            PoorEyes(one, choice.miss, choice.off_px, seed)
            for one, seed in zip(own, seeds, strict=True)
        ]
    if shared is None:
        return Eyes(own, choice.late_s)
    return Eyes(own, choice.late_s, _sharp(env))


def _sharp(env: SceneEnv) -> Callable[[int, Picture], Picture]:
    """Return what draws a robot's view with more pixels than its policy's."""
    least = min(env.camera.height, env.camera.width)
    factor = max(-(-SHARP_EDGE // least), 1)
    camera = Camera(factor * env.camera.height, factor * env.camera.width)

    def glance(robot: int, picture: Picture) -> Picture:
        del picture
        return camera.render(*env.drawable(robot))

    return glance

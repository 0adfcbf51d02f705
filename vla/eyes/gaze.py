"""One robot's eyes on one thing: a detector that takes its time, and where the thing is then."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from canter.vla.eyes.detector import Box, Detection, Detector, EyesError, Picture, Tell, best
from canter.vla.eyes.sightlines import Sightlines
from canter.vla.eyes.track import Place, Sighting, Track

SHOWN_S: Final = 2.0
"""For so long after the last picture in which a thing was found it counts as in view, s."""
LOST_S: Final = 30.0
"""What was not found for so long is lost, s."""
BLIND_S: Final = 5.0
"""A detector that gave no answer for so long sees nothing, s."""


@dataclass(frozen=True, slots=True)
class _Look:
    """One picture on its way through the detector.

    Attributes:
        due: when the answer is there, s.
        sighting: the answer; None where nothing was found.
        answered: whether there is one at all.
    """

    due: float
    sighting: Sighting | None
    answered: bool


class Gaze:
    """Looks for one thing, one picture at a time.

    Args:
        detector: that looks.
        phrase: what it looks for.
        late_s: time that it takes for a picture, by the clock of the pictures, s.
        tell: told what goes wrong.

    Attributes:
        track: where the thing is.
        phrase: the same.
        place: where the thing was at the newest picture; None where it was not in view lately.
    """

    def __init__(self, detector: Detector, phrase: str, late_s: float, tell: Tell) -> None:
        self.track, self.phrase = Track(), phrase
        self.place: Place | None = None
        self._detector, self._late_s, self._tell = detector, late_s, tell
        self._look: _Look | None = None
        self._begun: float | None = None
        self._answered = 0.0

    def look(self, picture: Callable[[], Picture], view: Sightlines, time: float) -> None:
        """Take in an answer that is due, and begin to look at a picture where none is on its way.

        Args:
            picture: returns what the eyes see now, uint8 RGB, with the field of view of `view`.
            view: the camera now.
            time: of the picture, s.
        """
        if self._begun is None:
            self._begun = self._answered = time
        self._take(time)
        if self._look is None:
            self._look = self._looked(picture(), view, time)
            self._take(time)
        newest = self.track.newest
        fresh = newest is not None and time - newest.time <= SHOWN_S
        self.place = self.track.place(time) if fresh else None

    def trouble(self, time: float) -> str:
        """Return why the robot had better stand; empty where it need not."""
        begun = time if self._begun is None else self._begun
        if time - max(self._answered, begun) > BLIND_S:
            return f"the eyes have given no answer for {BLIND_S:g} s"
        newest = self.track.newest
        if time - (begun if newest is None else newest.time) > LOST_S:
            return f"the eyes have not found the {self.phrase} for {LOST_S:g} s"
        return ""

    def _take(self, time: float) -> None:
        """Take in the answer that is due."""
        look = self._look
        if look is None or time < look.due - 1e-6:
            return
        self._look = None
        if look.answered:
            self._answered = time
        if look.sighting is not None:
            self.track.add(look.sighting)

    def _looked(self, picture: Picture, view: Sightlines, time: float) -> _Look:
        try:
            found = best(self._detector.detect(picture, self.phrase), picture, self._tell)
        except EyesError as error:
            self._tell(str(error))
            return _Look(time + self._late_s, None, answered=False)
        sighting = None
        if found is not None:
            box = scaled(found, picture, view)
            sighting = Sighting(box, time, self.track.pose, view)
        return _Look(time + self._late_s, sighting, answered=True)


def scaled(found: Detection, picture: Picture, view: Sightlines) -> Box:
    """Return a box of the eyes' picture in the pixels of the policy's camera."""
    down, across = view.height / picture.shape[0], view.width / picture.shape[1]
    box = found.box
    return Box(box.left * across, box.top * down, box.right * across, box.bottom * down)

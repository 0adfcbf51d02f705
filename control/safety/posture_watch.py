"""The watch that lets the posture risk speak in the safety monitor."""

from canter.control.robot import RobotSpec
from canter.control.safety.heartbeat import Reaction
from canter.control.safety.posture_risk import PERIOD_S, History, PostureRisk, frame
from canter.control.safety.safety_limits import Finding
from canter.control.types import JointCommand, RobotState

EARLY_S = 0.001
"""How much before its time a frame is taken, s."""


class PostureWatch:
    """Asks for rest, or damps, when a fall is likely; the model runs at its own 50 Hz.

    Attributes:
        probability: of a fall within the horizon, as of the newest frame.
    """

    def __init__(
        self, spec: RobotSpec, model: PostureRisk, reaction: Reaction = Reaction.SETTLE
    ) -> None:
        """Watch one robot.

        Args:
            spec: the robot.
            model: the model; its contract holds the probability that warns.
            reaction: what a warning asks for.
        """
        self.probability = 0.0
        self._spec, self._model, self._reaction = spec, model, reaction
        self._history = History(1)
        self._last: float | None = None
        self._over = False

    def forget(self) -> None:
        """Begin anew."""
        self.probability = 0.0
        self._history, self._last, self._over = History(1), None, False

    def look(self, state: RobotState, command: JointCommand, now: float) -> Finding | None:
        """Take a frame where its time has come, and warn where the risk is high."""
        del command
        if self._last is not None and now - self._last < PERIOD_S - EARLY_S:
            return None
        self._last = now
        seen = self._history.push(frame(state, self._spec)[None])
        self.probability = float(self._model.probability(seen).item())
        contract = self._model.contract
        before, self._over = self._over, self.probability > contract.alarm
        if not (before and self._over):  # one frame alone is too often a touch-down
            return None
        reason = (
            f"a fall within {contract.horizon_s:g} s is {self.probability:.0%} likely, "
            f"warned is at {contract.alarm:.0%}"
        )
        return Finding(self._reaction, "posture risk", reason)

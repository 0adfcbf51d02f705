"""A simulated Go2 without its middleware: who has the motors, and what the bus asks of it."""

import json
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.estimation.base_filter import BaseEstimate, BaseFilter
from canter.control.impedance import JOINT_VALID_S, damping_command
from canter.control.plain_json import parse_json
from canter.control.robot import GO2
from canter.control.types import JointCommand
from canter.control.unitree import api, low_cmd, low_state
from canter.control.unitree.messages import LOW_CMD, SPORT_MODE_STATE
from canter.control.unitree.order import feet_to_vendor
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.unitree.plant import Plant
from canter.sim.unitree.sport import Sport

STEPS_PER_CONTROL = round(CONTROL_PERIOD / api.LOW_LEVEL_PERIOD_S)
ODOMETRY_STEPS = 2
"""Physics steps from one reading of the odometry's filter to the next: 250 Hz."""
WALKING, STILL = 3, 0
"""Modes that the sport state tells."""

Record = NDArray[np.void]
Answer = tuple[int, str]


class SimulatedGo2:
    """The robot; `tick` advances it by 2 ms.

    Args:
        plant: its body.
        sport: its sport mode, which has the motors until it is released.

    Attributes:
        plant: as given.
        accepted: low-level commands that the motors were given.
        refused: low-level commands that were not, by reason.
        damped: how often the low-level commands ran out.
        damped_after_s: age of the last command when the motors were damped for it last, s.
    """

    def __init__(self, plant: Plant, sport: Sport) -> None:
        self.plant = plant
        self.accepted = 0
        self.refused: Counter[str] = Counter()
        self.damped = 0
        self.damped_after_s = 0.0
        self._sport: Sport = sport
        self._in_sport_mode = True
        self._ticks = 0
        self._command: JointCommand = damping_command(GO2, 0.0)
        self._low_level: JointCommand | None = None
        self._arrived = 0.0
        self._measured = plant.measure(0.0)
        self._odometry = BaseFilter(GO2)
        self._found = self._estimate()

    def receive(self, sample: bytes, now: float) -> None:
        """Take a serialised LowCmd_: give it to the motors, or count why not.

        Args:
            sample: as it came from the bus.
            now: monotonic, s.
        """
        try:
            record = LOW_CMD.from_wire(sample)
        except CanterError:
            self.refused["encoding"] += 1
            return
        reason = low_cmd.refusal(record) or ("sport mode" if self._in_sport_mode else None)
        if reason is not None:
            self.refused[reason] += 1
            return
        self.accepted += 1
        self._arrived = now
        self._low_level = low_cmd.to_joint_command(record, now + JOINT_VALID_S)

    def tick(self, now: float) -> None:
        """Advance by one physics step; ``now`` is monotonic, s."""
        state = self._measured.state
        if not self._in_sport_mode:
            self._command = self._of_client(now)
        elif self._ticks % STEPS_PER_CONTROL == 0:
            self._command = self._sport.command(state)
        self.plant.step(self._command)
        self._ticks += 1
        self._measured = self.plant.measure(now)
        if self._ticks % ODOMETRY_STEPS == 0:
            self._found = self._estimate()

    def low_state(self) -> Record:
        """Return the newest measurement as LowState_."""
        return low_state.pack(self._measured)

    def sport_state(self) -> Record:
        """Return SportModeState_; place and velocity are estimates from what it measures."""
        record, found = self._motion(), self._found
        record["position"], record["velocity"] = found.position[0], found.velocity[0]
        record["body_height"] = found.height.item()
        return record

    def true_state(self) -> Record:
        """Return the same with the true place and velocity, which no robot knows."""
        record = self._motion()
        record["position"] = position = self.plant.position_w
        record["body_height"] = position.item(2)
        record["velocity"] = self.plant.velocity_w
        return record

    def _motion(self) -> Record:
        """Return SportModeState_ without place, height and velocity."""
        state = self._measured.state
        record = SPORT_MODE_STATE.zeros()
        seconds = self._ticks * api.LOW_LEVEL_PERIOD_S
        record["stamp"]["sec"] = int(seconds)
        record["stamp"]["nanosec"] = round((seconds % 1.0) * 1e9)
        low_state.fill_imu(record["imu_state"], state)
        record["mode"] = WALKING if self._in_sport_mode and self._sport.walking else STILL
        record["yaw_speed"] = state.gyro.item(2)
        record["foot_force"] = low_state.whole(feet_to_vendor(self._measured.foot_force))
        return record

    def _estimate(self) -> BaseEstimate:
        """Let odometry take in the newest measurement."""
        self._odometry.update(self._measured.state, ODOMETRY_STEPS * api.LOW_LEVEL_PERIOD_S)
        return self._odometry.estimate()

    def ask_sport(self, number: int, parameter: str) -> Answer | None:
        """Answer a request to the sport service: code and data; None while it is released."""
        if not self._in_sport_mode:
            return None
        if number == api.API_VERSION:
            return api.OK, api.VERSION
        parameters = _object(parameter)
        if parameters is None:
            return api.BAD_PARAMETER, ""
        return self._sport.request(number, parameters, self._measured.state), ""

    def ask_switcher(self, number: int, parameter: str) -> Answer:
        """Answer a request to the motion switcher: code and data."""
        if number == api.API_VERSION:
            return api.OK, api.VERSION
        if number == api.CHECK_MODE:
            name = api.SPORT_MODE_NAME if self._in_sport_mode else ""
            return api.OK, json.dumps({"form": "0", "name": name})
        if number == api.RELEASE_MODE:
            self._in_sport_mode, self._low_level = False, None
            return api.OK, ""
        if number == api.SELECT_MODE:
            return self._select(_object(parameter)), ""
        return api.NOT_IMPLEMENTED, ""

    def _select(self, parameters: dict[str, object] | None) -> int:
        if parameters is None or parameters.get("name") != api.SPORT_MODE_NAME:
            return api.BAD_PARAMETER
        if not self._in_sport_mode:
            self._in_sport_mode = True
            self._sport.request(api.DAMP, {}, self._measured.state)
        return api.OK

    def _of_client(self, now: float) -> JointCommand:
        """Return the low-level client's command, or damping once it has expired."""
        if self._low_level is not None and self._low_level.valid_until < now:
            self._low_level = None
            self.damped += 1
            self.damped_after_s = now - self._arrived
        return damping_command(GO2, now) if self._low_level is None else self._low_level


def _object(text: str) -> dict[str, object] | None:
    """Return the JSON object in a text, an empty one for an empty text; None if it is none."""
    try:
        found = parse_json(text or "{}")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None

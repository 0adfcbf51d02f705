"""The page: the scene in 3D, the robot's camera, a box to talk to it, buttons and sliders."""

import math
from collections.abc import Callable, Mapping
from typing import Final

import mujoco
import numpy as np
import viser
from mjviser import ViserMujocoScene

from canter.play.gait_panel import GaitPanel
from canter.play.live_episode import Readout, SceneChoice
from canter.play.marks import marked
from canter.play.model import drawable
from canter.play.requests import Begin, Pause, Release, RequestQueue, Say, Steer
from canter.run.snapshot import told

MAGNIFIED: Final = 3
"""Of the robot's own view."""
JPEG_QUALITY: Final = 90
CAMERA_BEHIND, CAMERA_ABOVE = 2.6, 1.5
"""Where a visitor stands at first, from the robot, m."""
PLAIN: Final = frozenset(" ,.;:'!?°%/+-…()")
"""Signs beside letters and digits that mean nothing in Markdown within a line."""
DRIVERS: Final = {"policy": "the policy", "you": "you", "nobody": "nobody: the task is over"}


class Page:
    """What visitors see; `canter.play.session.Screen` for the thread that simulates.

    Args:
        server: that serves it.
        requests: where the visitors' requests go.
        ranges: lowest and highest value of every GaitCommand field that the policy knows.
    """

    def __init__(
        self,
        server: viser.ViserServer,
        requests: RequestQueue,
        ranges: Mapping[str, tuple[float, float]],
    ) -> None:
        self._server, self._requests = server, requests
        self._choice: SceneChoice | None = None
        self._scene: ViserMujocoScene | None = None
        self._held = False
        gui = server.gui
        gui.configure_theme(control_width="medium", show_logo=False, show_share_button=False)
        self._instruction = gui.add_markdown("")
        with gui.add_form(None) as form:
            self._words = gui.add_text("say", "", hint="what to do, or stop; Enter sends it")
        form.on_submit(lambda _: self._send())
        gui.add_button("stop", color="red").on_click(lambda _: requests.put(Say("stop")))
        self._answer = gui.add_markdown("")
        self._view = gui.add_image(
            np.zeros((96 * MAGNIFIED, 96 * MAGNIFIED, 3), np.uint8),
            label="what the robot sees",
            format="jpeg",
            jpeg_quality=JPEG_QUALITY,
        )
        self._status = gui.add_markdown("")
        self._pause = self._button("pause", lambda: Pause(not self._held))
        self._seed = gui.add_number("seed", 0, min=0, step=1)
        scenes = gui.add_button_group("scene", ("start", "next seed", "next level"))
        scenes.on_click(lambda event: requests.put(self._begin(event.target.value)))
        with gui.add_folder("command: move a slider to drive"):
            self._panel = GaitPanel(server, ranges, lambda command: requests.put(Steer(command)))
            self._button("let the policy drive", Release)
        self._follow = gui.add_checkbox("the view follows the robot", initial_value=True)

    def show_scene(
        self, choice: SceneChoice, model: mujoco.MjModel, posture: mujoco.MjData
    ) -> None:
        """Show another scene, with the robot at its start."""
        self._choice = choice
        self._server.gui.set_panel_label(f"canter play {choice.task}")
        self._seed.value = choice.seed
        with self._server.atomic():
            self._server.scene.reset()
            self._scene = ViserMujocoScene(self._server, drawable(model), num_envs=1)
        self._stand_behind(posture)
        self.show_posture(posture)

    def show_posture(self, posture: mujoco.MjData) -> None:
        """Show where everything is now."""
        if self._scene is not None:
            self._scene.camera_tracking_enabled = self._follow.value
            self._scene.update_from_mjdata(posture)

    def show_readout(self, readout: Readout, rate: float, *, held: bool) -> None:
        """Show how things stand, the rate against real time, and whether the session is held."""
        self._held = held
        self._pause.label = "go on" if held else "pause"
        self._instruction.content = f"**“{as_markdown(readout.instruction)}”**"
        self._answer.content = as_markdown(readout.answer)
        large = readout.view.repeat(MAGNIFIED, axis=0).repeat(MAGNIFIED, axis=1)
        self._view.image = marked(large, readout.sightings, readout.camera)
        self._status.content = status(readout, rate, held=held)
        if readout.driver != "you":
            self._panel.show(readout.command)

    def complain(self, text: str) -> None:
        """Say to all visitors why a request cannot be met."""
        for client in self._server.get_clients().values():
            client.add_notification("That cannot be", text, color="red")

    def _send(self) -> None:
        """Pass on what was typed."""
        self._requests.put(Say(self._words.value))
        self._words.value = ""

    @property
    def _now(self) -> SceneChoice:
        assert self._choice is not None  # a session shows its scene before it serves requests
        return self._choice

    def _begin(self, choice: str) -> Begin:
        """Return the request for a button's scene."""
        now = self._now
        match choice:
            case "next seed":
                return Begin(now.seed + 1, now.level)
            case "next level":
                return Begin(now.seed, now.next_level)
            case _:
                return Begin(int(self._seed.value), now.level)

    def _button(self, label: str, request: Callable[[], Pause | Release]) -> viser.GuiButtonHandle:
        """Add a button that leaves a request."""
        button = self._server.gui.add_button(label)
        button.on_click(lambda _: self._requests.put(request()))
        return button

    def _stand_behind(self, posture: mujoco.MjData) -> None:
        """Let visitors, those who are here and those to come, look over the robot's shoulder."""
        forward = posture.body("base").xmat.reshape(3, 3)[:, 0]
        yaw = math.atan2(forward[1], forward[0])
        place = (-CAMERA_BEHIND * math.cos(yaw), -CAMERA_BEHIND * math.sin(yaw), CAMERA_ABOVE)
        start = self._server.initial_camera
        start.position, start.look_at = place, (0.0, 0.0, 0.0)
        for client in self._server.get_clients().values():
            client.camera.position, client.camera.look_at = place, (0.0, 0.0, 0.0)


def as_markdown(text: str) -> str:
    """Return a text that people typed as Markdown shows it, without any sign that it obeys."""
    return "".join(sign if sign.isalnum() or sign in PLAIN else "·" for sign in text)


def status(readout: Readout, rate: float, *, held: bool) -> str:
    """Return how things stand, as a table in Markdown."""
    pace = "paused" if held else f"{rate:.2f} x real time"
    rows = {
        "task": f"level {readout.choice.level}, seed {readout.choice.seed}, {readout.choice.split}",
        "verdict": f"**{readout.outcome}**",
        "time": f"{readout.time:.1f} s ({pace})",
        "speed": f"{readout.speed:.2f} m/s",
        "driven by": DRIVERS[readout.driver],
    } | dict(map(told, readout.sightings))
    return "\n".join(["| | |", "| --- | --- |", *(f"| {k} | {v} |" for k, v in rows.items())])

"""The viewer: a point of view without a window, whose picture can be written to a file."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from canter.sim.isaacgym.enums import KeyboardInput, MeshType, MouseInput
from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.frames import Pose
from canter.sim.isaacgym.notices import say
from canter.sim.isaacgym.png import write_png
from canter.sim.isaacgym.simulation import Environment, Simulation
from canter.sim.isaacgym.structs import ActionEvent, CameraProperties, Transform, Vec3
from canter.sim.isaacgym.studio import WHITE, Light, origin_of, studio_of, up_axis
from canter.sim.isaacgym.viewer import Viewer, lines_of
from canter.sim.isaacgym.views import lens_of, look_at, transform_of


class Size(NamedTuple):
    """Width and height, px."""

    x: int
    y: int


class ViewerCalls:
    """The calls of `Gym` about the viewer, lights, colours and lines; most take a viewer of None.

    No window opens. What it would show is drawn when a picture is asked for.
    """

    def create_viewer(self, sim: Simulation, properties: CameraProperties | None = None) -> Viewer:
        """Return a viewer without a window.

        Raises:
            GymError: the properties make no picture.
        """
        say(
            "no window opens; gym.write_viewer_image_to_file writes what it would show, and the "
            "runner's option --record FILE.mp4 films the first robot"
        )
        return Viewer(sim, lens_of(properties if properties is not None else CameraProperties()))

    def destroy_viewer(self, viewer: Viewer | None) -> None:
        """Close a viewer."""
        if viewer is not None:
            viewer.closed = True

    def subscribe_viewer_keyboard_event(
        self, viewer: Viewer | None, key: KeyboardInput, action: str
    ) -> None:
        """Accept a key; without a window it is never pressed."""
        if viewer is not None:
            viewer.subscribe(key, action)

    def subscribe_viewer_mouse_event(
        self, viewer: Viewer | None, button: MouseInput, action: str
    ) -> None:
        """Accept a button; without a window it is never pressed."""
        if viewer is not None:
            viewer.subscribe(button, action)

    def query_viewer_action_events(self, viewer: Viewer | None) -> list[ActionEvent]:
        """Return no events."""
        return []

    def query_viewer_has_closed(self, viewer: Viewer | None) -> bool:
        """Tell whether the viewer was destroyed; there is no window that one could close."""
        return viewer is not None and viewer.closed

    def poll_viewer_events(self, viewer: Viewer | None) -> None:
        """Do nothing."""

    def get_viewer_size(self, viewer: Viewer) -> Size:
        """Return the size of the viewer's pictures, px."""
        return Size(viewer.lens.width, viewer.lens.height)

    # Point of view

    def viewer_camera_look_at(
        self, viewer: Viewer | None, env: Environment | None, position: Vec3, target: Vec3
    ) -> None:
        """Let the viewer look from a position at a target, m.

        Args:
            viewer: None does nothing.
            env: in whose frame they are; None: the world's.
            position: of the viewer.
            target: in the middle of its picture.

        Raises:
            GymError: position and target are one.
        """
        if viewer is None:
            return
        origin = _origin(env)
        viewer.target = target.array() + origin
        viewer.pose = look_at(position.array() + origin, viewer.target, up_axis(viewer.sim))

    def get_viewer_camera_transform(
        self, viewer: Viewer | None, env: Environment | None = None
    ) -> Transform:
        """Return the pose of the viewer's camera in an environment's frame, or the world's.

        The camera looks along its x axis, its z axis is up in the picture.
        """
        if viewer is None:
            return Transform()
        return transform_of(Pose(viewer.pose.pos - _origin(env), viewer.pose.quat))

    # Drawing

    def step_graphics(self, sim: Simulation) -> None:
        """Do nothing: pictures show the state there is when they are drawn."""

    def draw_viewer(
        self,
        viewer: Viewer | None,
        sim: Simulation | None = None,
        render_collision: bool = False,
    ) -> None:
        """Do nothing: there is no window."""

    def sync_frame_time(self, sim: Simulation) -> None:
        """Do nothing: without a window nothing need run in real time."""

    def write_viewer_image_to_file(self, viewer: Viewer | None, filename: str) -> None:
        """Draw what the viewer would show now, and write it as a PNG file.

        The environments near its target are drawn together, each at its origin.

        Raises:
            GymError: there is no viewer, or `prepare_sim` was not called.
            CanterError: there is no OpenGL, or the file cannot be written.
        """
        if viewer is None:
            raise GymError("write_viewer_image_to_file: the viewer is None; call create_viewer")
        write_png(Path(filename), viewer.picture())

    def add_lines(
        self,
        viewer: Viewer | None,
        env: Environment | None,
        num_lines: int,
        vertices: ArrayLike,
        colors: ArrayLike,
    ) -> None:
        """Add lines to the viewer's pictures until `clear_lines`.

        Args:
            viewer: None does nothing.
            env: in whose frame they are; None: the world's.
            num_lines: how many.
            vertices: both ends of each, m: 6 numbers, or two records of `Vec3.dtype`, a line.
            colors: red, green, blue, 0 to 1: 3 numbers, or a record, a line; or one for all.

        Raises:
            GymError: there are fewer numbers than the lines need.
        """
        if viewer is not None and num_lines > 0:
            viewer.add_lines(lines_of(num_lines, vertices, colors, _origin(env)))

    def clear_lines(self, viewer: Viewer | None) -> None:
        """Take all lines out of the viewer's pictures."""
        if viewer is not None:
            viewer.clear_lines()

    # Light and colour

    def set_light_parameters(
        self, sim: Simulation, light: int, intensity: Vec3, ambient: Vec3, direction: Vec3
    ) -> None:
        """Set one of four lights in all pictures; it shines from above, along `direction`.

        Args:
            sim: whose pictures.
            light: 0 to 3; 0 is the sun, which casts shadows.
            intensity: red, green, blue, 0 to 1.
            ambient: light from all sides, red, green, blue, 0 to 1.
            direction: of any length; one that points up is taken for the direction to the light.

        Raises:
            GymError: there is no such light, or the direction has no length.
        """
        chosen = Light(_rgb(intensity), _rgb(ambient), _rgb(direction))
        studio_of(sim).set_light(light, chosen)

    def set_rigid_body_color(
        self, env: Environment, actor: int, body: int, mesh: MeshType, color: Vec3
    ) -> None:
        """Colour a body in all pictures.

        Args:
            env: environment.
            actor: its handle.
            body: its index in the actor.
            mesh: accepted; collision shapes are all that is drawn.
            color: red, green, blue, 0 to 1.

        Raises:
            GymError: there is no such actor or body.
        """
        studio_of(env.sim).colours[env.index][_flat_body(env, actor, body)] = _rgb(color)

    def get_rigid_body_color(
        self, env: Environment, actor: int, body: int, mesh: MeshType = MeshType.MESH_VISUAL
    ) -> Vec3:
        """Return the colour that a body was given; white if none was.

        Raises:
            GymError: there is no such actor or body.
        """
        colours = studio_of(env.sim).colours[env.index]
        return Vec3(*colours.get(_flat_body(env, actor, body), WHITE))


def _origin(env: Environment | None) -> np.ndarray:
    return np.zeros(3) if env is None else origin_of(env)


def _rgb(vector: Vec3) -> tuple[float, float, float]:
    return vector.x, vector.y, vector.z


def _flat_body(env: Environment, handle: int, body: int) -> int:
    actor = env.actor(handle)
    count = len(actor.asset.bodies)
    if not 0 <= body < count:
        raise GymError(
            f"body {body} of actor {handle} ('{actor.name}'); its bodies are 0 to {count - 1}"
        )
    return actor.first_body + body

"""Camera sensors: made in an environment, placed or attached to a body, drawn off screen."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.cameras import READERS, Camera, Pixels, kind_of
from canter.sim.isaacgym.enums import CameraFollowMode, ImageType
from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.frames import Pose
from canter.sim.isaacgym.gymtorch import GymTensor
from canter.sim.isaacgym.png import write_png
from canter.sim.isaacgym.render import Figure
from canter.sim.isaacgym.simulation import Environment, Simulation
from canter.sim.isaacgym.structs import CameraProperties, Transform, Vec3
from canter.sim.isaacgym.studio import origin_of, studio_of, up_axis
from canter.sim.isaacgym.views import lens_of, look_at, pose_of, transform_of, view_matrix


class CameraCalls:
    """The calls of `Gym` about camera sensors.

    A camera sees its own environment and the ground: bodies as their collision shapes. Only images
    that are read are drawn, and no camera costs anything before.
    """

    def create_camera_sensor(
        self, env: Environment, properties: CameraProperties | None = None
    ) -> int:
        """Return the handle of a new camera at the environment's origin that looks along x.

        Raises:
            GymError: the properties make no picture.
        """
        chosen = properties if properties is not None else CameraProperties()
        handle = max(env.cameras, default=-1) + 1
        env.cameras[handle] = Camera(lens_of(chosen), chosen.enable_tensors)
        return handle

    def destroy_camera_sensor(self, sim: Simulation, env: Environment, handle: int) -> None:
        """Forget a camera.

        Raises:
            GymError: there is no such camera.
        """
        camera_of(env, handle)
        del env.cameras[handle]

    def set_camera_location(
        self, handle: int, env: Environment, position: Vec3, target: Vec3
    ) -> None:
        """Place a camera, in the environment's frame, so that it looks at a target; detaches it.

        Raises:
            GymError: there is no such camera, or position and target are one.
        """
        camera = camera_of(env, handle)
        camera.pose = look_at(position.array(), target.array(), up_axis(env.sim))
        camera.body = None

    def set_camera_transform(self, handle: int, env: Environment, transform: Transform) -> None:
        """Place a camera in the environment's frame, or in that of the body it is attached to.

        It looks along its x axis, its z axis is up in the picture.

        Raises:
            GymError: there is no such camera.
        """
        camera_of(env, handle).pose = pose_of(transform)

    def attach_camera_to_body(
        self,
        handle: int,
        env: Environment,
        body: int,
        local_transform: Transform,
        follow_mode: CameraFollowMode = CameraFollowMode.FOLLOW_TRANSFORM,
    ) -> None:
        """Let a camera follow a body.

        Args:
            handle: of the camera.
            env: of both.
            body: its index in the environment.
            local_transform: pose in the body's frame (FOLLOW_TRANSFORM), or relative to its origin
                along the environment's axes (FOLLOW_POSITION).
            follow_mode: which of the two.

        Raises:
            GymError: there is no such camera or body.
        """
        camera = camera_of(env, handle)
        if not 0 <= body < env.body_count:
            raise GymError(
                f"attach_camera_to_body: body {body} of environment {env.index}, whose bodies are "
                f"0 to {env.body_count - 1}; find_actor_rigid_body_handle gives them by name"
            )
        camera.body, camera.pose = int(body), pose_of(local_transform)
        camera.follow = CameraFollowMode(follow_mode)

    def get_camera_transform(self, sim: Simulation, env: Environment, handle: int) -> Transform:
        """Return a camera's pose in the environment's frame.

        Raises:
            GymError: there is no such camera, or it is attached and `prepare_sim` was not called.
        """
        return transform_of(_pose(sim, env, camera_of(env, handle)))

    def get_camera_view_matrix(
        self, sim: Simulation, env: Environment, handle: int
    ) -> NDArray[np.float32]:
        """Return the matrix by which row vectors of the world become OpenGL camera coordinates.

        The world is the frame of all environments; those coordinates are x right, y up, z
        backwards.

        Raises:
            GymError: there is no such camera, or it is attached and `prepare_sim` was not called.
        """
        pose = _pose(sim, env, camera_of(env, handle))
        return view_matrix(Pose(pose.pos + origin_of(env), pose.quat)).astype(np.float32)

    def get_camera_proj_matrix(
        self, sim: Simulation, env: Environment, handle: int
    ) -> NDArray[np.float32]:
        """Return OpenGL's projection matrix for row vectors, (4, 4).

        Raises:
            GymError: there is no such camera.
        """
        return camera_of(env, handle).lens.projection().astype(np.float32)

    def render_all_camera_sensors(self, sim: Simulation) -> None:
        """Let all cameras take their pictures; tensors are filled now, images when they are read.

        Raises:
            GymError: called before `prepare_sim`.
            CanterError: a tensor is to be filled and there is no OpenGL.
        """
        for env in sim.environments:
            if not env.cameras:
                continue
            engine = sim.prepared("render_all_camera_sensors")
            bodies = studio_of(sim).poses(engine).of(engine, env.index)
            for camera in env.cameras.values():
                camera.aim(bodies)
                for kind, tensor in camera.tensors.items():
                    tensor.numpy()[:] = _image(sim, env, camera, kind)

    def get_camera_image(
        self, sim: Simulation, env: Environment, handle: int, kind: ImageType
    ) -> Pixels:
        """Return what a camera saw when all cameras were rendered last; now, if they never were.

        Returns:
            IMAGE_COLOR: red, green, blue, alpha, uint8 (height, width * 4). IMAGE_DEPTH: negative
            distances along the optical axis, m, float32 (height, width), -inf where nothing is.

        Raises:
            GymError: there is no such camera, or `prepare_sim` was not called.
            UnsupportedError: segmentation or optical flow was asked for.
            CanterError: there is no OpenGL.
        """
        kind = kind_of(kind, "get_camera_image")
        image = _image(sim, env, camera_of(env, handle), kind)
        return image.reshape(len(image), -1).copy()

    def get_camera_image_gpu_tensor(
        self, sim: Simulation, env: Environment, handle: int, kind: ImageType
    ) -> GymTensor:
        """Return the buffer that `render_all_camera_sensors` fills, in the computer's memory.

        Returns:
            IMAGE_COLOR: uint8 (height, width, 4). IMAGE_DEPTH: float32 (height, width), as
            :meth:`get_camera_image`. For `gymtorch.wrap_tensor`; it stays the same.

        Raises:
            GymError: there is no such camera, or it was made without `enable_tensors`.
            UnsupportedError: segmentation or optical flow was asked for.
        """
        camera = camera_of(env, handle)
        if not camera.tensors_enabled:
            raise GymError(
                "get_camera_image_gpu_tensor: the camera was made without tensors; set "
                "CameraProperties.enable_tensors = True before create_camera_sensor"
            )
        return GymTensor(camera.tensor(kind_of(kind, "get_camera_image_gpu_tensor")))

    def start_access_image_tensors(self, sim: Simulation) -> None:
        """Do nothing: the tensors are ready when `render_all_camera_sensors` returns."""

    def end_access_image_tensors(self, sim: Simulation) -> None:
        """Do nothing."""

    def write_camera_image_to_file(
        self, sim: Simulation, env: Environment, handle: int, kind: ImageType, filename: str
    ) -> None:
        """Write what a camera saw as a PNG file; depth in steps of 1 mm, 16 bits, 0 for nothing.

        Raises:
            GymError: there is no such camera.
            UnsupportedError: segmentation or optical flow was asked for.
            CanterError: there is no OpenGL, or the file cannot be written.
        """
        kind = kind_of(kind, "write_camera_image_to_file")
        image = _image(sim, env, camera_of(env, handle), kind)
        if kind == ImageType.IMAGE_DEPTH:
            millimetres = np.where(np.isfinite(image), np.round(-1000.0 * image), 0.0)
            grey = np.clip(millimetres, 0, np.iinfo(np.uint16).max).astype(np.uint16)
            write_png(Path(filename), grey)
        else:
            write_png(Path(filename), image.astype(np.uint8))


def camera_of(env: Environment, handle: int) -> Camera:
    """Return a camera by its handle.

    Raises:
        GymError: there is none; the message lists those that are.
    """
    if handle not in env.cameras:
        raise GymError(
            f"camera handle {handle} in environment {env.index}; its cameras are "
            f"{sorted(env.cameras) or 'none: call create_camera_sensor'}"
        )
    return env.cameras[handle]


def _pose(sim: Simulation, env: Environment, camera: Camera) -> Pose:
    """Return a camera's present pose in the environment's frame."""
    if camera.body is None:
        return camera.pose
    engine = sim.prepared("a pose of a camera that is attached")
    return camera.pose_among(studio_of(sim).poses(engine).of(engine, env.index))


def _image(sim: Simulation, env: Environment, camera: Camera, kind: ImageType) -> Pixels:
    """Return an image of a camera's shot, drawn if it was not yet."""
    if kind not in camera.images:
        camera.images[kind] = _drawn(sim, env, camera, kind)
    return camera.images[kind]


def _drawn(sim: Simulation, env: Environment, camera: Camera, kind: ImageType) -> Pixels:
    engine = sim.prepared("render_all_camera_sensors")
    studio = studio_of(sim)
    painter = studio.painter(sim, engine, quality="plain")
    if camera.shot is None:
        camera.aim(studio.poses(engine).of(engine, env.index))
    assert camera.shot is not None
    origin = origin_of(env)
    figure = Figure(camera.shot.bodies, origin, studio.colours.get(env.index, {}))
    pose = Pose(camera.shot.pose.pos + origin, camera.shot.pose.quat)
    painter.draw(camera.lens, pose, [figure], sky=kind == ImageType.IMAGE_COLOR)
    return READERS[kind](painter)

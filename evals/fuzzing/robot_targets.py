"""Targets: robots as URDF, collision meshes, scenes written by hand, and recordings to tune by."""

import contextlib
import io
import struct
import warnings
from pathlib import Path

import numpy as np

from canter.control.errors import CanterError
from canter.control.robot import DEFAULT_ROBOT
from canter.control.vocab import Target as Goal
from canter.evals.fuzzing.target import Target
from canter.sim.isaacgym import gymapi
from canter.sim.isaacgym.mesh_files import check_hull, read_mesh
from canter.sim.tasks.go_to.scene_file import load_scene
from canter.sim.tune.files import read_recording, write_recording
from canter.sim.tune.recording import Recording

ROBOT = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE robot [<!ENTITY m "0.3">]>
<robot name="r"><link name="base"><inertial><mass value="4"/><inertia ixx="0.03" ixy="0" ixz="0"
 iyy="0.05" iyz="0" izz="0.06"/></inertial><collision><origin rpy="0 0 1"/><geometry>
<box size="0.4 0.2 0.1"/></geometry></collision></link>
<link name="leg"><inertial><origin xyz="0 0 -0.1"/><mass value="&m;"/><inertia ixx="1e-3" iyy="1e-3"
 izz="2e-4"/></inertial><collision><geometry><mesh filename="foot.obj" scale="1 1 -1"/></geometry>
</collision><collision><geometry><cylinder radius="0.02" length="0.2"/></geometry></collision>
</link>
<link name="foot"><collision><geometry><sphere radius="0.03"/></geometry></collision></link>
<joint name="hip" type="revolute"><parent link="base"/><child link="leg"/><origin xyz="0 0 -0.1"/>
<axis xyz="0 1 0"/><limit lower="-1" upper="1" effort="20" velocity="20"/>
<dynamics damping="0.1" friction="0.01"/><mimic joint="hip"/></joint>
<joint name="ankle" type="prismatic"><parent link="leg"/><child link="foot"/><axis xyz="0 0 1"/>
<limit lower="0" upper="0"/></joint></robot>"""
OBJ = b"v 0 0 0\nv 0.1 0 0\nv 0 0.1 0\nv 0 0 0.1\nf 1 3 2\nf 1/1 2//1 4\nf -4 -1 -2\nf 2 3 4\n"
XML_WORDS = (
    *(
        b"revolute",
        b"fixed",
        b"continuous",
        b"prismatic",
        b"floating",
        b'link="base"',
        b'link="leg"',
    ),
    *(
        b'link="foot"',
        b'name="base"',
        b'name="leg"',
        b"<box size=",
        b"<sphere radius=",
        b"<mesh filename=",
    ),
    *(
        b"utf-8",
        b"utf-16",
        b"latin-1",
        b"zip",
        b"<!ENTITY a ",
        b"]>",
        b"<link name='x'/>",
        b"/>",
        b"<limit ",
    ),
)


def urdf(folder: Path) -> Target:
    """Return the target of URDF files; what loads is also simulated for a step."""
    gym = gymapi.acquire_gym()
    (folder / "foot.obj").write_bytes(OBJ)
    path = folder / "robot.urdf"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        sim = gym.create_sim(0, -1, gymapi.SIM_PHYSX, gymapi.SimParams())
        try:
            with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)
                asset = gym.load_asset(sim, str(folder), path.name, gymapi.AssetOptions())
                env = gym.create_env(sim, gymapi.Vec3(), gymapi.Vec3(), 1)
                gym.create_actor(env, asset, gymapi.Transform(), "r", 0, 1, 0)
                gym.prepare_sim(sim)
                gym.simulate(sim)
        except CanterError as error:
            if "MuJoCo refuses" in str(error) or path.name not in str(error):
                raise RuntimeError(f"not refused by file and element: {error}") from error
            raise
        finally:
            gym.destroy_sim(sim)

    return Target(
        read, (ROBOT.encode(), ROBOT.replace("utf-8", "utf-16").encode("utf-16")), XML_WORDS
    )


def mesh(folder: Path) -> Target:
    """Return the target of meshes: a first byte of ``o`` is an OBJ, else an STL."""
    corners = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
    faces = ((0, 2, 1), (0, 1, 3), (0, 3, 2), (1, 2, 3))
    body = b"".join(struct.pack("<12fH", 0, 0, 0, *corners[list(f)].ravel(), 0) for f in faces)
    lines = ["solid a"] + [f"vertex {' '.join(map(str, corners[k]))}" for f in faces for k in f]

    def read(data: bytes) -> None:
        path = folder / ("mesh.obj" if data[:1] == b"o" else "mesh.stl")
        path.write_bytes(data[1:])
        vertices, _ = read_mesh(path, "input")
        check_hull(vertices, f"input: {path}")

    seeds = (
        b"o" + OBJ,
        b"s" + bytes(80) + struct.pack("<I", 4) + body,
        b"s" + "\n".join(lines).encode(),
    )
    return Target(read, seeds, (b"vertex ", b"f 1 2 3\n", b"v 0 0 ", b"//", b"\\\n", b"solid"))


def scene(folder: Path) -> Target:
    """Return the target of scenes as YAML."""
    path = folder / "scene.yaml"
    text = b"""start: [-2, 0, 0]
objects:
  - {shape: ball, colour: red, size: 0.3, pose: [1.0, 0.5, 0]}
  - {shape: pole, colour: blue, size: [0.1, 0.8], pose: [1.0, -1.0, 0]}
"""

    def read(data: bytes) -> None:
        path.write_bytes(data)
        load_scene(path, Goal("red", "ball"))

    words = (
        *(b"&a ", b"*a", b"<<: ", b"!!timestamp ", b"2001-99-99", b"!!int ", b"!!set ", b"---\n"),
        *(b"!!python/name:os.system ", b"- ", b"? ", b"1:1:1", b"shape: ", b"size: ", b"pose: "),
    )
    return Target(read, (text,), words)


def recording(folder: Path) -> Target:
    """Return the target of recordings: a first byte of ``c`` is a CSV, else an NPZ."""
    paths = {"c": folder / "recording.csv", "n": folder / "recording.npz"}

    def read(data: bytes) -> None:
        path = paths["c" if data[:1] == b"c" else "n"]
        path.write_bytes(data[1:])
        read_recording(path, DEFAULT_ROBOT)

    time = np.arange(0, 10.1, 0.019)
    still = np.tile(DEFAULT_ROBOT.default_q, (len(time), 1))
    zeros = np.zeros_like(still)
    made = Recording(time, DEFAULT_ROBOT.joint_names, still, zeros, still, zeros + 20, zeros + 0.5)
    seeds = []
    for kind, path in paths.items():
        write_recording(path, made)
        seeds.append(kind.encode() + path.read_bytes())
    words = (
        b"time",
        b"q.FL_hip_joint",
        b"q_target.",
        b"\n",
        b",",
        b'"',
        b"kp.npy",
        b"<f8",
        b"|O",
        b"<U14",
    )
    return Target(read, tuple(seeds), words)

"""The task of ``canter bench isaacgym``: robots told to walk, as legged_gym steps its smallest.

It uses the layer as user code does: calls of `gymapi` in legged_gym's order, explicit PD in torch,
four physics steps a control step, observations with noise, rewards, resets of the fallen. Every
robot has a friction and a trunk mass of its own, so that no two share a model.
"""

from typing import Literal

import numpy as np
import torch

from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.sim.isaacgym import gymapi, gymtorch, terrain_utils
from canter.sim.isaacgym.torch_utils import quat_rotate_inverse, torch_rand_float
from canter.sim.robots.registry import robot_urdf

Ground = Literal["plane", "field"]

DECIMATION = 4
DT = 0.005
STIFFNESS, DAMPING, ACTION_SCALE = 20.0, 0.5, 0.25
EPISODE_STEPS = 1000
FIELD_M, CELL_M = 100.0, 0.1
ROUGHNESS_M, ROUGHNESS_STEP_M, DRAWN_EVERY_M = 0.05, 0.005, 0.2
START_M = 0.32
FRICTIONS, ADDED_KG = (0.5, 1.25), (-1.0, 1.0)
COMMANDS = ((-1.0, 1.0), (-1.0, 1.0), (-1.0, 1.0))
"""Ranges of forward and leftward velocity, m/s, and of turning, rad/s."""


class FlatTask:
    """Robots side by side on 100 m x 100 m.

    Args:
        envs: number of robots.
        ground: a plane, or a height field of 1000 x 1000 samples, rough as legged_gym's curriculum
            makes it.
        robot: the robot; it has a URDF.

    Attributes:
        engine: the layer's physics, for those who measure it.
    """

    def __init__(self, envs: int, ground: Ground, robot: RobotSpec = DEFAULT_ROBOT) -> None:
        self.envs, self.robot = envs, robot
        self.gym = gymapi.acquire_gym()
        self.sim = self.gym.create_sim(0, -1, gymapi.SIM_PHYSX, _sim_params())
        self._add_ground(ground)
        self._add_robots()
        self.gym.prepare_sim(self.sim)
        self.engine = self.sim.prepared("bench")
        self._acquire()
        self.reset(torch.arange(envs))

    def close(self) -> None:
        """Stop the physics."""
        self.gym.destroy_sim(self.sim)

    def step(self, actions: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return observations (N, 48), rewards (N,) and resets (N,) after 20 ms.

        Args:
            actions: offsets from the stance in units of `ACTION_SCALE` rad, (N, 12).
        """
        target = self.stance + ACTION_SCALE * actions
        for _ in range(DECIMATION):
            torques = STIFFNESS * (target - self.dof_pos) - DAMPING * self.dof_vel
            self.torques = torch.clip(torques, -self.torque_limits, self.torque_limits)
            self.gym.set_dof_actuation_force_tensor(self.sim, gymtorch.unwrap_tensor(self.torques))
            self.simulate()
            self.gym.refresh_dof_state_tensor(self.sim)
        self.gym.refresh_actor_root_state_tensor(self.sim)
        self.gym.refresh_net_contact_force_tensor(self.sim)
        self.age += 1
        quat = self.root_states[:, 3:7]
        lin_vel = quat_rotate_inverse(quat, self.root_states[:, 7:10])
        ang_vel = quat_rotate_inverse(quat, self.root_states[:, 10:13])
        fallen = torch.norm(self.contact_forces[:, self.base], dim=-1) > 1.0
        reward = self._reward(lin_vel, ang_vel, actions)
        done = fallen | (self.age > EPISODE_STEPS)
        self.reset(done.nonzero(as_tuple=False).flatten())
        self.last_actions, self.last_dof_vel = actions, self.dof_vel.clone()
        gravity = quat_rotate_inverse(quat, self.gravity)
        joints = [self.dof_pos - self.stance, 0.05 * self.dof_vel, actions]
        observations = torch.cat([lin_vel, ang_vel, gravity, self.commands, *joints], dim=-1)
        return observations + 0.1 * (2 * torch.rand_like(observations) - 1), reward, done

    def simulate(self) -> None:
        """Make one physics step."""
        self.gym.simulate(self.sim)
        self.gym.fetch_results(self.sim, True)

    def reset(self, robots: torch.Tensor) -> None:
        """Put some robots, (k,), back to their start, in a stance that is drawn anew."""
        if len(robots) == 0:
            return
        stance = self.stance * torch_rand_float(0.8, 1.2, (len(robots), 12), device="cpu")
        self.dof_pos[robots], self.dof_vel[robots] = stance, 0.0
        self.root_states[robots] = self.starts[robots]
        self.root_states[robots, 7:13] = torch_rand_float(-0.5, 0.5, (len(robots), 6), device="cpu")
        self.age[robots], self.air_time[robots] = 0, 0.0
        for i, (low, high) in enumerate(COMMANDS):
            drawn = torch_rand_float(low, high, (len(robots), 1), device="cpu")
            self.commands[robots, i] = drawn[:, 0]
        indices = gymtorch.unwrap_tensor(robots.to(torch.int32))
        dofs, roots = map(gymtorch.unwrap_tensor, (self.dof_state, self.root_states))
        self.gym.set_dof_state_tensor_indexed(self.sim, dofs, indices, len(robots))
        self.gym.set_actor_root_state_tensor_indexed(self.sim, roots, indices, len(robots))

    def _reward(
        self, lin_vel: torch.Tensor, ang_vel: torch.Tensor, actions: torch.Tensor
    ) -> torch.Tensor:
        """Return legged_gym's terms for its smallest robot with its weights, (N,)."""
        contact = self.contact_forces[:, self.feet, 2] > 1.0
        first = (self.air_time > 0) & contact
        self.air_time += DECIMATION * DT
        airborne = torch.sum((self.air_time - 0.5) * first, dim=1)
        self.air_time *= ~contact
        slip = torch.sum(torch.square(self.commands[:, :2] - lin_vel[:, :2]), dim=1)
        turn = torch.square(self.commands[:, 2] - ang_vel[:, 2])
        acceleration = (self.last_dof_vel - self.dof_vel) / (DECIMATION * DT)
        return (
            1.0 * torch.exp(-slip / 0.25)
            + 0.5 * torch.exp(-turn / 0.25)
            + 1.0 * airborne
            - 2.0 * torch.square(lin_vel[:, 2])
            - 0.05 * torch.sum(torch.square(ang_vel[:, :2]), dim=1)
            - 2e-4 * torch.sum(torch.square(self.torques), dim=1)
            - 2.5e-7 * torch.sum(torch.square(acceleration), dim=1)
            - 0.01 * torch.sum(torch.square(self.last_actions - actions), dim=1)
        )

    def _add_ground(self, ground: Ground) -> None:
        if ground == "plane":
            plane = gymapi.PlaneParams()
            plane.normal = gymapi.Vec3(0.0, 0.0, 1.0)
            self.gym.add_ground(self.sim, plane)
            return
        cells = round(FIELD_M / CELL_M)
        field = terrain_utils.SubTerrain("rough", cells, cells, ROUGHNESS_STEP_M, CELL_M)
        terrain_utils.random_uniform_terrain(
            field, -ROUGHNESS_M, ROUGHNESS_M, ROUGHNESS_STEP_M, DRAWN_EVERY_M
        )
        params = gymapi.HeightFieldParams()
        params.row_scale = params.column_scale = CELL_M
        params.vertical_scale = field.vertical_scale
        params.nbRows = params.nbColumns = cells
        self.gym.add_heightfield(self.sim, field.height_field_raw, params)

    def _add_robots(self) -> None:
        gym, sim = self.gym, self.sim
        options = gymapi.AssetOptions()
        options.default_dof_drive_mode = int(gymapi.DOF_MODE_EFFORT)
        options.collapse_fixed_joints = options.replace_cylinder_with_capsule = True
        options.angular_damping = 0.0
        urdf = robot_urdf(self.robot)
        asset = gym.load_asset(sim, str(urdf.parent), urdf.name, options)
        bodies = gym.get_asset_rigid_body_names(asset)
        self.base = bodies.index("base")
        self.feet = torch.tensor([bodies.index(name) for name in self.robot.foot_names])
        self.torque_limits = torch.tensor(gym.get_asset_dof_properties(asset)["effort"])
        self.starts = torch.zeros(self.envs, 13)
        self.starts[:, :3] = torch.tensor(_places(self.envs), dtype=torch.float32)
        self.starts[:, 6] = 1.0
        shapes = gym.get_asset_rigid_shape_properties(asset)
        frictions = torch_rand_float(*FRICTIONS, (self.envs, 1), device="cpu")
        added = torch_rand_float(*ADDED_KG, (self.envs, 1), device="cpu")
        for i in range(self.envs):
            env = gym.create_env(sim, gymapi.Vec3(), gymapi.Vec3(), 1)
            for shape in shapes:
                shape.friction = float(frictions[i])
            gym.set_asset_rigid_shape_properties(asset, shapes)
            pose = gymapi.Transform(gymapi.Vec3(*self.starts[i, :3]))
            actor = gym.create_actor(env, asset, pose, self.robot.name, i, 1, 0)
            masses = gym.get_actor_rigid_body_properties(env, actor)
            masses[0].mass += float(added[i])
            gym.set_actor_rigid_body_properties(env, actor, masses, recomputeInertia=True)

    def _acquire(self) -> None:
        gym, sim, envs = self.gym, self.sim, self.envs
        self.root_states = gymtorch.wrap_tensor(gym.acquire_actor_root_state_tensor(sim))
        self.dof_state = gymtorch.wrap_tensor(gym.acquire_dof_state_tensor(sim))
        contacts = gymtorch.wrap_tensor(gym.acquire_net_contact_force_tensor(sim))
        self.contact_forces = contacts.view(envs, -1, 3)
        self.dof_pos, self.dof_vel = self.dof_state.view(envs, 12, 2).unbind(-1)
        self.stance = torch.tensor(self.robot.default_q, dtype=torch.float32)
        self.torques = torch.zeros(envs, 12)
        self.last_actions, self.last_dof_vel = torch.zeros(envs, 12), torch.zeros(envs, 12)
        self.commands: torch.Tensor = torch.zeros(envs, 3)
        self.gravity: torch.Tensor = torch.tensor([[0.0, 0.0, -1.0]]).repeat(envs, 1)
        self.age: torch.Tensor = torch.zeros(envs, dtype=torch.long)
        self.air_time: torch.Tensor = torch.zeros(envs, 4)


def _sim_params() -> gymapi.SimParams:
    params = gymapi.SimParams()
    params.dt, params.substeps = DT, 1
    params.up_axis = gymapi.UP_AXIS_Z
    params.gravity = gymapi.Vec3(0.0, 0.0, -9.81)
    return params


def _places(envs: int) -> np.ndarray:
    """Return where the robots start, spread over the ground, m, (N, 3)."""
    columns = int(np.ceil(np.sqrt(envs)))
    cells = np.stack(np.divmod(np.arange(envs), columns), axis=1)
    xy = (cells + 0.5) * FIELD_M / columns
    return np.column_stack([xy, np.full(envs, START_M)])

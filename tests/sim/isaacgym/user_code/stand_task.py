"""Code of a user: robots that stand under pushes, as environments for Isaac Gym are written.

It knows `isaacgym`, torch and numpy and nothing of what runs them.
"""

import json
from argparse import Namespace
from pathlib import Path

import numpy as np
import torch
from isaacgym import gymapi, gymtorch, gymutil, terrain_utils
from isaacgym.torch_utils import (
    get_axis_params,
    quat_rotate_inverse,
    to_torch,
    torch_rand_float,
)

STANCE = {"hip": 0.0, "thigh": 0.9, "calf": -1.8}
STIFFNESS, DAMPING = 40.0, 1.0
HEIGHT = 0.30
SPACING = 1.5


class BaseTask:
    """Makes the simulation and holds the buffers that training code reads."""

    def __init__(self, args: Namespace) -> None:
        self.args = args
        self.gym = gymapi.acquire_gym()
        self.device = args.sim_device
        self.num_envs = args.num_envs
        params = gymapi.SimParams()
        gymutil.parse_sim_config(
            {"dt": 0.005, "substeps": 1, "gravity": [0.0, 0.0, -9.81], "up_axis": 1}, params
        )
        params.use_gpu_pipeline = args.use_gpu_pipeline
        graphics = -1 if args.headless else args.graphics_device_id
        self.sim = self.gym.create_sim(
            args.compute_device_id, graphics, args.physics_engine, params
        )
        self.dt = params.dt
        self.create_terrain()
        self.create_envs()
        self.gym.prepare_sim(self.sim)
        self.reset_buf = torch.ones(self.num_envs, device=self.device, dtype=torch.long)
        self.episode_length_buf = torch.zeros_like(self.reset_buf)
        self.viewer = None
        if not args.headless:
            self.viewer = self.gym.create_viewer(self.sim, gymapi.CameraProperties())
            self.gym.subscribe_viewer_keyboard_event(self.viewer, gymapi.KEY_ESCAPE, "QUIT")

    def create_terrain(self) -> None:
        raise NotImplementedError

    def create_envs(self) -> None:
        raise NotImplementedError

    def render(self) -> None:
        if self.viewer:
            self.gym.step_graphics(self.sim)
            self.gym.draw_viewer(self.viewer, self.sim, True)


class StandTask(BaseTask):
    """Robots that keep their stance."""

    decimation = 4
    episode_length = 75
    push_interval = 30
    push_speed = 0.3

    def __init__(self, args: Namespace) -> None:
        super().__init__(args)
        gym, sim = self.gym, self.sim
        self.root_states = gymtorch.wrap_tensor(gym.acquire_actor_root_state_tensor(sim))
        self.dof_state = gymtorch.wrap_tensor(gym.acquire_dof_state_tensor(sim))
        contacts = gymtorch.wrap_tensor(gym.acquire_net_contact_force_tensor(sim))
        self.refresh()
        per_env = self.dof_state.view(self.num_envs, self.num_dof, 2)
        self.dof_pos, self.dof_vel = per_env[..., 0], per_env[..., 1]
        self.base_quat = self.root_states[:, 3:7]
        self.contact_forces = contacts.view(self.num_envs, -1, 3)
        self.gravity = to_torch(get_axis_params(-1.0, 2), device=self.device).repeat(
            (self.num_envs, 1)
        )
        self.torques = torch.zeros(self.num_envs, self.num_dof, device=self.device)
        self.time = 0

    def create_terrain(self) -> None:
        self.heights = None
        if self.args.terrain == "plane":
            plane = gymapi.PlaneParams()
            plane.normal = gymapi.Vec3(0.0, 0.0, 1.0)
            self.gym.add_ground(self.sim, plane)
            return
        border, scale, unit = 1.0, 0.1, 0.005
        side = int((SPACING * np.ceil(np.sqrt(self.num_envs)) + 2 * border) / scale)
        ground = terrain_utils.SubTerrain("rough", side, side, unit, scale)
        terrain_utils.random_uniform_terrain(ground, -0.02, 0.02, 0.005, downsampled_scale=0.2)
        vertices, triangles = terrain_utils.convert_heightfield_to_trimesh(
            ground.height_field_raw, scale, unit, 0.75
        )
        mesh = gymapi.TriangleMeshParams()
        mesh.nb_vertices, mesh.nb_triangles = vertices.shape[0], triangles.shape[0]
        mesh.transform.p.x = mesh.transform.p.y = -border
        self.gym.add_triangle_mesh(
            self.sim, vertices.flatten(order="C"), triangles.flatten(order="C"), mesh
        )
        self.heights, self.border, self.scale = ground.height_field_raw * unit, border, scale

    def create_envs(self) -> None:
        path = Path(self.args.asset)
        options = gymapi.AssetOptions()
        options.default_dof_drive_mode = gymapi.DOF_MODE_EFFORT
        options.collapse_fixed_joints = True
        options.replace_cylinder_with_capsule = True
        options.angular_damping = 0.0
        asset = self.gym.load_asset(self.sim, str(path.parent), path.name, options)
        self.dof_names = self.gym.get_asset_dof_names(asset)
        self.num_dof = self.gym.get_asset_dof_count(asset)
        bodies = self.gym.get_asset_rigid_body_names(asset)
        self.feet = torch.tensor([i for i, name in enumerate(bodies) if "foot" in name])
        limits = self.gym.get_asset_dof_properties(asset)["effort"]
        self.torque_limits = to_torch(limits, device=self.device)
        stance = [next(q for part, q in STANCE.items() if part in name) for name in self.dof_names]
        self.default_dof_pos = to_torch(stance, device=self.device)
        self.origins = self.find_origins()
        frictions = torch_rand_float(0.5, 1.25, (self.num_envs, 1), device="cpu")
        shapes = self.gym.get_asset_rigid_shape_properties(asset)
        for i in range(self.num_envs):
            env = self.gym.create_env(self.sim, gymapi.Vec3(), gymapi.Vec3(), 1)
            for shape in shapes:
                shape.friction = frictions[i]
            self.gym.set_asset_rigid_shape_properties(asset, shapes)
            pose = gymapi.Transform()
            pose.p = gymapi.Vec3(*(self.origins[i] + to_torch([0.0, 0.0, HEIGHT])))
            actor = self.gym.create_actor(env, asset, pose, "robot", i, 1, 0)
            masses = self.gym.get_actor_rigid_body_properties(env, actor)
            masses[0].mass += np.random.uniform(-1.0, 1.0)
            self.gym.set_actor_rigid_body_properties(env, actor, masses, recomputeInertia=True)
        self.base = self.gym.find_actor_rigid_body_handle(env, actor, "base")

    def find_origins(self) -> torch.Tensor:
        """Return where the robots start, on the ground, (N, 3)."""
        columns = int(np.ceil(np.sqrt(self.num_envs)))
        row, column = np.divmod(np.arange(self.num_envs), columns)
        xy = SPACING * np.stack([row + 0.5, column + 0.5], axis=1)
        z = self.ground_height(to_torch(xy)) if self.heights is not None else torch.zeros(len(xy))
        return torch.cat([to_torch(xy), z[:, None]], dim=1).to(self.device)

    def ground_height(self, xy: torch.Tensor) -> torch.Tensor:
        """Return the mean height of the ground beneath robots, (N,)."""
        if self.heights is None:
            return torch.zeros(len(xy))
        cells = ((xy + self.border) / self.scale).round().long().numpy()
        patches = [self.heights[x - 3 : x + 4, y - 2 : y + 3].mean() for x, y in cells]
        heights: torch.Tensor = to_torch(patches)
        return heights

    def refresh(self) -> None:
        self.gym.refresh_actor_root_state_tensor(self.sim)
        self.gym.refresh_dof_state_tensor(self.sim)
        self.gym.refresh_net_contact_force_tensor(self.sim)

    def reset(self) -> torch.Tensor:
        self.reset_idx(torch.arange(self.num_envs, device=self.device))
        return self.step(torch.zeros(self.num_envs, self.num_dof, device=self.device))[0]

    def step(self, actions: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return observations, rewards and which robots were reset, after 20 ms."""
        self.render()
        target = self.default_dof_pos + 0.25 * torch.clip(actions, -1.0, 1.0)
        for _ in range(self.decimation):
            torques = STIFFNESS * (target - self.dof_pos) - DAMPING * self.dof_vel
            self.torques = torch.clip(torques, -self.torque_limits, self.torque_limits)
            self.gym.set_dof_actuation_force_tensor(self.sim, gymtorch.unwrap_tensor(self.torques))
            self.gym.simulate(self.sim)
            if self.device == "cpu":
                self.gym.fetch_results(self.sim, True)
            self.gym.refresh_dof_state_tensor(self.sim)
        self.refresh()
        self.time += 1
        self.episode_length_buf += 1
        observations, reward = self.observe(), self.reward()
        fallen = torch.norm(self.contact_forces[:, self.base], dim=-1) > 1.0
        self.reset_buf = fallen | (self.episode_length_buf > self.episode_length)
        self.reset_idx(self.reset_buf.nonzero(as_tuple=False).flatten())
        if self.time % self.push_interval == 0:
            self.push()
        return observations, reward, fallen

    def observe(self) -> torch.Tensor:
        return torch.cat(
            [
                quat_rotate_inverse(self.base_quat, self.root_states[:, 7:10]),
                quat_rotate_inverse(self.base_quat, self.root_states[:, 10:13]),
                quat_rotate_inverse(self.base_quat, self.gravity),
                self.dof_pos - self.default_dof_pos,
                self.dof_vel,
                self.torques,
            ],
            dim=-1,
        )

    def reward(self) -> torch.Tensor:
        away = torch.sum(torch.square(self.dof_pos - self.default_dof_pos), dim=1)
        standing = (self.contact_forces[:, self.feet, 2] > 1.0).float().mean(dim=1)
        reward: torch.Tensor = standing * torch.exp(-away)
        return reward

    def reset_idx(self, env_ids: torch.Tensor) -> None:
        if len(env_ids) == 0:
            return
        noise = torch_rand_float(-0.05, 0.05, (len(env_ids), self.num_dof), device=self.device)
        self.dof_pos[env_ids] = self.default_dof_pos + noise
        self.dof_vel[env_ids] = 0.0
        self.root_states[env_ids] = to_torch([0.0, 0.0, HEIGHT, 0, 0, 0, 1.0, *[0.0] * 6])
        self.root_states[env_ids, :3] += self.origins[env_ids]
        self.episode_length_buf[env_ids] = 0
        indices = env_ids.to(dtype=torch.int32)
        for setter, state in (
            (self.gym.set_dof_state_tensor_indexed, self.dof_state),
            (self.gym.set_actor_root_state_tensor_indexed, self.root_states),
        ):
            setter(
                self.sim,
                gymtorch.unwrap_tensor(state),
                gymtorch.unwrap_tensor(indices),
                len(indices),
            )

    def push(self) -> None:
        self.root_states[:, 7:9] += torch_rand_float(
            -self.push_speed, self.push_speed, (self.num_envs, 2), device=self.device
        )
        self.gym.set_actor_root_state_tensor(self.sim, gymtorch.unwrap_tensor(self.root_states))


def arguments() -> Namespace:
    own = [
        {"name": "--asset", "type": str, "help": "URDF of the robot"},
        {"name": "--terrain", "type": str, "default": "plane", "help": "plane or trimesh"},
        {"name": "--num_envs", "type": int, "default": 16, "help": "robots"},
        {"name": "--steps", "type": int, "default": 150, "help": "steps of 20 ms"},
        {"name": "--seed", "type": int, "default": 1, "help": "of everything drawn"},
        {"name": "--out", "type": str, "help": "JSON file with what was measured"},
    ]
    args: Namespace = gymutil.parse_arguments("Standing", headless=True, custom_parameters=own)
    return args


def main() -> None:
    args = arguments()
    np.random.seed(args.seed)
    torch.manual_seed(args.seed)
    task = StandTask(args)
    task.reset()
    log: dict[str, list[float]] = {}
    falls = 0
    for _ in range(args.steps):
        actions = 0.1 * torch.randn(task.num_envs, task.num_dof, device=task.device)
        observations, reward, fallen = task.step(actions)
        falls += int(fallen.sum())
        settled = task.episode_length_buf > 20
        above = task.root_states[:, 2] - task.ground_height(task.root_states[:, :2].cpu())
        tracking = (task.dof_pos - task.default_dof_pos).abs()
        figures = {
            "height": above[settled],
            "tracking": tracking[settled],
            "torque": task.torques.abs(),
            "reward": reward,
            "observations": observations.double().sum(),
        }
        for name, values in figures.items():
            ends = (values.min(), values.max()) if values.numel() else ()
            log.setdefault(name, []).extend(float(value) for value in ends)
    extremes = {name: (min(values), max(values)) for name, values in log.items()}
    final = task.root_states.flatten().tolist() + task.dof_state.flatten().tolist()
    Path(args.out).write_text(json.dumps({"falls": falls, "ends": extremes, "final": final}))
    task.gym.destroy_sim(task.sim)


if __name__ == "__main__":
    main()

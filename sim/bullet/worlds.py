"""Worlds of named bodies in Bullet."""

from canter.control.robot import RobotSpec
from canter.sim.bullet.bullet_robot import Setting
from canter.sim.bullet.bullet_sim import BulletSim
from canter.sim.physics.bodies import Body, Start, motor_strength
from canter.sim.physics.body_worlds import delay_steps, payloads
from canter.sim.physics.ground import Ground


def bullet_world(body: Body, start: Start, robot: RobotSpec) -> BulletSim:
    """Return one robot of this body for each start, in Bullet; its cones are Bullet's own."""
    settings = [
        Setting(body.timestep, body.friction, Ground.of(body), load)
        for load in payloads(body, start)
    ]
    strength = motor_strength(body, start, robot.joint_names)
    return BulletSim(settings, robot, motor_delay=delay_steps(body), strength=strength)

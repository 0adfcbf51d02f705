"""Says something to a simulated robot, and looks at what it did.

The model looks through the robot's camera; the words, the picture and the gyro are all it gets.
"""

from canter.control.locomotion import GAIT, LocomotionPolicy
from canter.control.session import OnnxSession
from canter.datasets.language.understanding import understand
from canter.sim.rollout import rollout
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task
from canter.vla.policy import VlaPolicy
from canter.vla.runtime import SHIPPED, VlaRuntime

SENTENCE = "go to the red ball"


def main() -> bool:
    """Run one episode; returns whether the robot did what it was told."""
    instruction = understand(SENTENCE)
    scene = task(instruction.task).sample(SceneRequest(seed=2, words=instruction.words))
    model = VlaRuntime(SHIPPED)
    policy = VlaPolicy(model)
    policy.reset([SENTENCE])
    with SceneEnv([scene], camera=model.camera) as env:
        (result,) = rollout(env, LocomotionPolicy(OnnxSession(GAIT)), policy)
    print(f"{SENTENCE}: {result}")
    return result.strict


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)

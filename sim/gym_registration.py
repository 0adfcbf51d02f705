"""Registers Canter's environments; Gymnasium calls it by itself where Canter is installed."""

from gymnasium.envs.registration import register, registry

from canter.sim.tasks import task_names

TROT_ID = "Canter/Go2Trot-v0"


def env_id(task: str) -> str:
    """Return the id of a task's environment, as ``Canter/GoTo-v0``."""
    return f"Canter/{''.join(part.capitalize() for part in task.split('_'))}-v0"


def register_envs() -> None:
    """Register one environment for each task, and the velocity-commanded trot."""
    found = {env_id(name): ("task_gym_env:TaskEnv", {"name": name}) for name in task_names()}
    found[TROT_ID] = ("gym_env:Go2TrotEnv", {})
    for identity, (target, arguments) in found.items():
        if identity not in registry:
            register(identity, entry_point=f"canter.sim.{target}", kwargs=arguments)

"""The second half of RMA: the student walks, and learns the code that the teacher would be told.

Regression on the student's own walk (DAgger), as in the paper; beside the error of the code the
loss holds that of the action it leads to, which tells the numbers that matter (own addition).
"""

import io
from contextlib import closing
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import mse_loss

from canter.control.files import write_bytes
from canter.control.gait.observation import observation_layout
from canter.control.robot import RobotSpec
from canter.rl.export_locomotion import locomotion_contract, trained_actor, write_policy
from canter.rl.locomotion.asymmetric_policy import ActorBody, AsymmetricPolicy
from canter.rl.locomotion.student import StudentActor
from canter.rl.progress import progress_bar
from canter.rl.settings import LocomotionTraining
from canter.sim.locomotion_env import LocomotionEnv
from canter.vla.checkpoint_file import read_checkpoint


class StudentTraining:
    """A student, its teacher and what they have done so far.

    Args:
        settings: of the training; its folder holds the teacher's checkpoint and the student's.
        teacher: the trained teacher.
        robot: the robot.
    """

    def __init__(
        self, settings: LocomotionTraining, teacher: AsymmetricPolicy, robot: RobotSpec
    ) -> None:
        torch.manual_seed(settings.seed)
        self._settings, self._config, self._robot = settings, settings.deployed(), robot
        how = settings.student
        body, head = teacher.actor_parts()
        self.student = StudentActor(self._config.terms(robot), body, head, settings.network.latent)
        for part in (body, head):
            part.requires_grad_(requires_grad=False)
        self._body: ActorBody = body
        self._optimiser = torch.optim.Adam(self.student.reader.parameters(), how.learning_rate)
        self._size = observation_layout(self._config.terms(robot)).size
        self.rounds = max(1, settings.student_steps // (settings.envs * how.round_steps))
        self.done = 0
        self.path = settings.out / "student.pt"
        if self.path.exists():
            self._load()

    def advance(self) -> dict[str, float]:
        """Do one round with new robots, keep a checkpoint, and return the mean errors."""
        how = self._settings.student
        change = how.final_learning_rate - how.learning_rate
        rate = how.learning_rate + change * self.done / self.rounds
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        seed = int(np.random.SeedSequence([self._settings.seed, self.done]).generate_state(1)[0])
        torch.manual_seed(seed)
        errors = []
        core = LocomotionEnv(self._settings.envs, self._config, seed=seed, robot=self._robot)
        with closing(core) as env:
            seen = torch.from_numpy(env.observe())
            for _ in range(how.round_steps):
                with torch.no_grad():
                    action = self.student(seen[:, : self._size]).numpy()
                shares = torch.randperm(len(seen)).chunk(how.minibatches)
                errors += [self._learn(seen[share]) for share in shares]
                seen = torch.from_numpy(env.step(action).observation)
        self.done += 1
        self._save()
        return dict(zip(("code", "action"), np.mean(errors, axis=0).tolist(), strict=True))

    def _learn(self, seen: torch.Tensor) -> tuple[float, float]:
        """Take one optimiser step on what some robots see; return the errors of code and action."""
        observation = seen[:, : self._size]
        encoder = self._body.encoder
        if encoder is None:
            raise TypeError("the teacher has no encoder of the dynamics")
        with torch.no_grad():
            told = encoder(seen[:, -self._body.dynamics :])
            wanted = self.student.act(observation, told)
        read = self.student.reader(observation)
        action = self.student.act(observation, read)
        of_code, of_action = mse_loss(read, told), mse_loss(action, wanted)
        self._optimiser.zero_grad()
        (of_code + of_action).backward()
        most = self._settings.student.max_gradient
        torch.nn.utils.clip_grad_norm_(self.student.reader.parameters(), most)
        self._optimiser.step()
        return of_code.item(), of_action.item()

    def _save(self) -> None:
        """Write the checkpoint atomically."""
        reader, optimiser = self.student.reader.state_dict(), self._optimiser.state_dict()
        kept = {"done": self.done, "reader": reader, "optimiser": optimiser}
        buffer = io.BytesIO()
        torch.save(kept | {"teacher": self.student.head.weight}, buffer)
        write_bytes(self.path, buffer.getvalue())

    def _load(self) -> None:
        """Go on from the checkpoint, unless it is of another teacher."""
        kept = read_checkpoint(self.path)
        if not torch.equal(kept["teacher"], self.student.head.weight):
            return
        self.done = kept["done"]
        self.student.reader.load_state_dict(kept["reader"])
        self._optimiser.load_state_dict(kept["optimiser"])


def train_student(settings: LocomotionTraining, teacher: Path, robot: RobotSpec) -> StudentActor:
    """Return a student of the teacher's checkpoint after ``settings.student_steps``.

    A checkpoint ``student.pt`` of the same teacher in the training's folder is gone on from.
    """
    training = StudentTraining(settings, trained_actor(teacher, settings, robot), robot)
    with progress_bar() as bar:
        task = bar.add_task("student", total=training.rounds, completed=training.done, report="")
        while training.done < training.rounds:
            errors = training.advance()
            report = " ".join(f"{name} {value:.4f}" for name, value in errors.items())
            bar.update(task, completed=training.done, report=report)
    return training.student


def export_student(
    settings: LocomotionTraining, teacher: Path, out: Path, robot: RobotSpec
) -> None:
    """Train a student, or go on, and write it as one ONNX policy."""
    student = train_student(settings, teacher, robot)
    write_policy(student, locomotion_contract(robot, settings), out)

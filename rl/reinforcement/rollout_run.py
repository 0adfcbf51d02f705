"""A run that drives groups of rollouts and learns from them: its files, rounds and reports."""

from pathlib import Path

from canter.rl.reinforcement.method import Learning, Reports, learn, stage_of, start_model
from canter.rl.reinforcement.reinforcement_settings import VlaReinforcement
from canter.rl.reinforcement.rollout_rounds import DrivenScene, RolloutRounds, round_scalars
from canter.vla.learner import Learner, load_model, save_model
from canter.vla.model import VlaModel


class RolloutRun:
    """What the methods that learn from rollouts do alike.

    A round is done once its model is kept; what its learner needs to go on lies beside it.

    Args:
        settings: of the run, whose folder holds the model to begin with.

    Attributes:
        settings: of the run.
        start: the model that training began with, never to be changed.
        rounds: of rollouts.
    """

    def __init__(self, settings: VlaReinforcement) -> None:
        self.settings, self.start = settings, start_model(settings)
        self.rounds = RolloutRounds(settings, self.start.config.tasks)
        self._reports = Reports(settings.out, settings.rounds)

    def is_done(self, number: int) -> bool:
        """Tell whether a round is done."""
        return stage_of(self.settings, number).checkpoint.exists()

    def model(self, number: int) -> VlaModel:
        """Return the model after a round that is done; that of round 0 is the start."""
        return load_model(stage_of(self.settings, number).checkpoint)

    def keep(self, number: int, model: VlaModel) -> None:
        """Keep the model after a round, which is done thereby."""
        save_model(model, stage_of(self.settings, number).checkpoint)

    def learner_path(self, number: int) -> Path:
        """Return the file of what a round's learner carries."""
        stage = stage_of(self.settings, number)
        return stage.folder / f"{stage.name}_learner.pt"

    def drive(self, number: int) -> list[DrivenScene]:
        """Drive the scenes of a round that are not driven yet; tell how all went."""
        scenes = self.rounds.drive(number, stage_of(self.settings, number - 1).checkpoint)
        self._reports.round(number, round_scalars(scenes))
        return scenes

    def learn(self, number: int, learner: Learner, learning: Learning, name: str) -> VlaModel:
        """Take a learner's remaining steps, telling of them under a name; return its model."""
        with self._reports.bar(stage_of(self.settings, number).name) as bar:
            return learn(learner, learning, [bar, self._reports.learning(name)])

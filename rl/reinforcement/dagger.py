"""DAgger in the scenes that reinforcement would choose (arXiv:1011.0686): the baseline to beat.

Driving, labelling and learning are those of ``canter train vla``; here the model's scenes are drawn
by their success, and as many episodes are driven as the other methods drive.
"""

import numpy as np

from canter.datasets.lerobot.reader import Dataset
from canter.rl.reinforcement.method import Reports, device, stage_of
from canter.rl.reinforcement.reinforcement_settings import VlaReinforcement
from canter.rl.reinforcement.rollout_rounds import cells_of, locomotion_of, success_scalars
from canter.rl.reinforcement.scene_choice import Outcome, by_cell, draw_cells
from canter.rl.train_vla import VlaTrainer
from canter.rl.vla_settings import VlaLearning, VlaTraining
from canter.vla.learner import load_model
from canter.vla.model import VlaModel


class DaggerMethod:
    """Drives under the expert's eyes, and imitates it.

    Args:
        settings: of the run, whose folder holds the model to begin with.
    """

    def __init__(self, settings: VlaReinforcement) -> None:
        self._settings = settings
        config = load_model(stage_of(settings, 0).checkpoint).config
        self._cells = cells_of(settings, config.tasks)
        self._episodes = settings.scenes * settings.rollouts
        self._reports = Reports(settings.out, settings.rounds)
        self._trainer = VlaTrainer(
            VlaTraining(
                data=settings.dagger.data,
                views=settings.dagger.views,
                round_episodes=self._episodes,
                round_steps=settings.dagger.updates,
                max_seconds=settings.max_seconds,
                seed=settings.seed,
                locomotion=locomotion_of(settings),
                model=config,
                learning=VlaLearning(
                    eyes=settings.dagger.eyes,
                    frames_per_batch=settings.frames_per_batch,
                    round_rate=settings.dagger.rate,
                ),
                workers=settings.workers,
                out=settings.out,
            ),
            first=stage_of(settings, 0).name,
        )

    def improve(self, number: int) -> VlaModel:
        """Do a round; see `Method`."""
        settings = self._settings
        rng = np.random.default_rng(np.random.SeedSequence([settings.seed, number]))
        earlier = [outcome for i in range(1, number) for outcome in self._outcomes(i)]
        chosen = draw_cells(self._cells, by_cell(earlier), self._episodes, rng)
        model = load_model(stage_of(settings, number - 1).checkpoint).to(device())
        model = self._trainer.correct(model, number, chosen)
        self._reports.round(number, success_scalars(self._outcomes(number)))
        return model

    def _outcomes(self, number: int) -> list[Outcome]:
        """Return task, level and strict success of the episodes of a round."""
        folder = stage_of(self._settings, number).dataset
        records = (entry.record for entry in Dataset(folder).entries)
        return [(record.family, record.level, float(record.strict)) for record in records]

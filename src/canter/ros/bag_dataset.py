"""A recorded bag as a data set, in the format of ``canter collect``."""

import shutil
from pathlib import Path

import numpy as np

from canter.control.errors import CanterError, InstructionError
from canter.datasets.language.understanding import understand
from canter.datasets.lerobot import layout
from canter.datasets.lerobot.episode import EpisodeRecord, Frames
from canter.datasets.lerobot.episode_store import EpisodeStore
from canter.datasets.lerobot.errors import DatasetError
from canter.datasets.lerobot.features import (
    ACTION,
    ACTION_CHUNK,
    DONE,
    STATE,
    STATE_LAYOUT,
    SUCCESS,
)
from canter.datasets.lerobot.pack import pack
from canter.ros_nodes.recording.bag_episode import BagEpisode, read_episodes

DRIVER, SPLIT, REASON = "robot", "recorded", "not judged"
"""Of episodes that nobody judges, whose driver the bag does not name."""


def convert(bag: Path, out: Path) -> list[BagEpisode]:
    """Write a bag's episodes as a data set and return them.

    A real robot knows neither what an expert would do, nor the truth: the data set has no such
    features.

    Raises:
        CanterError: it is no bag that can be read, or there is a data set already.
    """
    if (out / layout.INFO).exists():
        raise DatasetError(f"'{out}' holds a data set already; name a new folder")
    episodes = read_episodes(bag)
    if not episodes:
        raise CanterError(f"{bag} holds no two pictures in a row with an instruction and a plan")
    shutil.rmtree(out / layout.SPOOL, ignore_errors=True)  # of a conversion that was killed
    store = EpisodeStore(out / layout.SPOOL)
    for number, episode in enumerate(episodes):
        store.write(number, record_of(episode), frames_of(episode))
    pack(out, store.read_all(range(len(episodes))), {"bag": bag.resolve().name})
    shutil.rmtree(store.folder)
    return episodes


def record_of(episode: BagEpisode) -> EpisodeRecord:
    """Return what is known of an episode: its words, and what they mean where that is clear."""
    instruction = episode.frames[0].instruction
    try:
        meant = understand(instruction)
        task, words = meant.task, tuple(meant.words.items())
    except InstructionError:
        task, words = "", ()
    return EpisodeRecord(
        family=task,
        level=0,
        split=SPLIT,
        seed=0,
        instruction=instruction,
        paraphrases=(),
        words=words,
        driver=DRIVER,
        noise=0.0,
        strict=False,
        quard=False,
        reason=REASON,
        events=(),
    )


def frames_of(episode: BagEpisode) -> Frames:
    """Return the pictures and values of an episode."""
    states = [frame.state for frame in episode.frames]
    measured = {
        name: np.stack([getattr(state, name) for state in states])
        for name in ("q", "qd", "tau", "accel", "foot_contact")
    }
    measured["gyro"] = np.stack([frame.gyro_mean for frame in episode.frames])
    measured["gravity"] = np.stack([state.projected_gravity() for state in states])
    last = np.arange(len(states)) == len(states) - 1
    columns = {
        STATE: STATE_LAYOUT.pack(measured),
        ACTION: episode.chunks[:, 0],
        ACTION_CHUNK: episode.chunks.reshape(len(states), -1),
        DONE: last,
        SUCCESS: np.zeros_like(last),
    }
    return Frames(np.stack([frame.image for frame in episode.frames]), columns, episode.camera)

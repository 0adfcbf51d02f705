"""What a stem that learns no more makes of the pictures of episodes: computed once, and kept."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from canter.control.errors import CanterError
from canter.control.files import whole_file
from canter.vla.data import Episode
from canter.vla.progress import ProgressBar
from canter.vla.vision import VisionStem

PICTURES_AT_ONCE = 64
"""That the stem sees: a thousand at once take a third longer on a CPU, and overflow its cache."""
MOST_AT_ONCE = 512
"""Whose features are in memory before they are written."""
DIGEST_BYTES = 16


def with_features(
    episodes: Sequence[Episode], stem: VisionStem, folder: Path, device: str = "cpu"
) -> list[Episode]:
    """Return the episodes with the stem's features of their pictures; see `features_of`."""
    parts = features_of([episode.images for episode in episodes], stem, folder, device)
    return [replace(e, features=part) for e, part in zip(episodes, parts, strict=True)]


def features_of(
    pictures: Sequence[NDArray[np.uint8]], stem: VisionStem, folder: Path, device: str = "cpu"
) -> list[NDArray[np.float16]]:
    """Return the stem's features of groups of pictures, as half floats on the disk.

    They take 74 KB a picture in the model ``nano``, and are mapped, not loaded. The file is named
    after stem and pictures, so what was computed once for both is found again.

    Args:
        pictures: each group uint8, (T, *IMAGE_SHAPE).
        stem: that stays as it is; put into evaluation mode.
        folder: where the file lies.
        device: torch device of the stem.

    Returns:
        Of each group, (T, L, channels).

    Raises:
        CanterError: the file cannot be written, or is damaged.
    """
    path = folder / f"features_{_digest(pictures, stem)}.npy"
    if not path.exists():
        _write(pictures, stem.eval(), path, device)
    try:
        kept = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise CanterError(f"'{path}' cannot be read ({error}); remove it") from error
    return np.split(kept, np.cumsum([len(group) for group in pictures])[:-1])


def _write(
    pictures: Sequence[NDArray[np.uint8]], stem: VisionStem, path: Path, device: str
) -> None:
    frames = sum(len(group) for group in pictures)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as part, ProgressBar("features of pictures", ()) as bar:
        done = 0
        kept: NDArray[np.float16] = np.empty(0, np.float16)
        size = MOST_AT_ONCE
        for few in (g[i : i + size] for g in pictures for i in range(0, len(g), size)):
            seen = look_at(stem, torch.from_numpy(few).to(device)).half().cpu()
            if not done:
                shape = (frames, *seen.shape[1:])
                kept = np.lib.format.open_memmap(part, mode="w+", dtype=np.float16, shape=shape)
            kept[done : done + len(seen)] = seen.numpy()
            done += len(seen)
            bar(done, frames, {})
        del kept  # written through


@torch.no_grad()
def look_at(stem: VisionStem, images: Tensor) -> Tensor:
    """Return the features of pictures (N, *IMAGE_SHAPE), (N, L, channels), without gradients."""
    return torch.cat([stem(part) for part in images.split(PICTURES_AT_ONCE)])


def _digest(pictures: Sequence[NDArray[np.uint8]], stem: VisionStem) -> str:
    """Return a name for what these pictures look like to this stem."""
    digest = hashlib.blake2b(digest_size=DIGEST_BYTES)
    for name, weight in stem.state_dict().items():
        digest.update(name.encode())
        digest.update(weight.cpu().contiguous().numpy().tobytes())
    for group in pictures:
        digest.update(len(group).to_bytes(8, "big"))
        digest.update(np.ascontiguousarray(group).data)
    return digest.hexdigest()

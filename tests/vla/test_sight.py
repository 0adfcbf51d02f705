"""Eyes and ears go from model to model by name and shape; what acts does not."""

from dataclasses import replace

import pytest
import torch

from canter.control.errors import CanterError
from canter.control.vocab import GLYPHS
from canter.vla.config import PRESETS
from canter.vla.model import VlaModel
from canter.vla.sight import SIGHT, take_sight
from canter.vla.variants import VARIANTS
from tests.vla.records import SIGN_SIZE


def make(seed: int, name: str = "mamba", **changes: object) -> VlaModel:
    torch.manual_seed(seed)
    config = replace(VARIANTS[name].config(PRESETS["debug"]), **changes)  # type: ignore[arg-type]
    return VlaModel(config, torch.rand(len(GLYPHS), SIGN_SIZE))


@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_takes_all_that_sees_and_nothing_that_acts(name: str) -> None:
    model, source = make(1, name), make(2)
    acts = {n: v.clone() for n, v in model.state_dict().items() if n.split(".")[0] not in SIGHT}
    taken = take_sight(model, source)
    now, have = model.state_dict(), source.state_dict()
    assert all(torch.equal(now[n], have[n]) for n in now if n.split(".")[0] in SIGHT)
    assert all(torch.equal(now[n], value) for n, value in acts.items())
    assert set(taken.anew) == set(acts)
    assert set(taken.taken) == set(now) - set(acts)
    assert "did not fit" not in taken.told()
    assert "fuse" in taken.told()


def test_what_does_not_fit_is_told() -> None:
    taken = take_sight(make(1), make(2, tasks=("go_to",)))
    assert "did not fit: instruct." in taken.told()
    assert not any(n.startswith(("stem", "grounder", "percept", "ranges")) for n in taken.anew)


def test_a_model_of_other_eyes_is_refused() -> None:
    with pytest.raises(CanterError, match=r"nothing of stem.* fits.*--preset"):
        take_sight(make(1), make(2, stem_channels=(3, 6, 5), coarse_layers=0))

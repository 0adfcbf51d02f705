"""Statistics of many episodes, added one by one, against numpy on all frames at once."""

import numpy as np
import pyarrow as pa
import pytest

from canter.datasets.lerobot import stats
from canter.datasets.lerobot.features import CAMERA, COUNTED, RECORDED, values_of
from canter.datasets.lerobot.pixels import count_values
from canter.datasets.lerobot.stats import QUANTILES, Totals, missing
from tests.datasets.lerobot.made import episode


def table(number: int) -> pa.Table:
    _, frames = episode(number)
    columns = dict(frames.columns) | {f.key: np.arange(len(frames)) for f in COUNTED}
    arrays = [
        pa.array(list(columns[f.key].astype(f.dtype)), f.arrow) for f in (*RECORDED, *COUNTED)
    ]
    return pa.table(arrays, names=[f.key for f in (*RECORDED, *COUNTED)])


def added(numbers: range) -> Totals:
    totals = Totals()
    for number in numbers:
        totals.add(table(number), count_values(episode(number)[1].images))
    return totals


def test_totals_are_numpys_over_all_frames() -> None:
    found = added(range(7)).stats()
    for key in (RECORDED[0].key, RECORDED[1].key, "next.done", "timestamp"):
        values = np.concatenate([values_of(table(n), key).reshape(-1, 1) for n in range(7)])
        rows = np.concatenate([values_of(table(n), key) for n in range(7)]).astype(np.float64)
        rows = rows.reshape(len(rows), -1)
        assert found[key]["mean"] == pytest.approx(rows.mean(0)), key
        assert found[key]["std"] == pytest.approx(rows.std(0)), key
        assert found[key]["min"] == pytest.approx(rows.min(0)), key
        assert found[key]["max"] == pytest.approx(rows.max(0)), key
        assert found[key]["count"] == [len(rows)]
        for name, share in QUANTILES.items():
            assert found[key][name] == pytest.approx(np.quantile(rows, share, axis=0), abs=1e-5)
        assert len(values) >= len(rows)


def test_pictures_have_the_shape_that_policies_expect() -> None:
    found = added(range(3)).stats()[CAMERA]
    images = np.concatenate([episode(n)[1].images for n in range(3)])
    assert np.array(found["mean"]).shape == (3, 1, 1)
    assert np.ravel(found["mean"]) == pytest.approx(images.reshape(-1, 3).mean(0) / 255)
    assert found["count"] == [len(images)]


def test_quantiles_keep_every_kth_frame_where_there_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stats, "SAMPLES", 10)
    found = added(range(20)).stats()["action"]
    rows = np.concatenate([values_of(table(n), "action") for n in range(20)])
    kept = next(rows[::k] for k in (2, 4, 8, 16, 32) if len(rows) <= 10 * k)
    assert found["q50"] == pytest.approx(np.quantile(kept, 0.5, axis=0), abs=1e-6)
    assert found["mean"] == pytest.approx(rows.astype(np.float64).mean(0))


def test_missing_statistics_are_named() -> None:
    features = {"action": {"dtype": "float32"}, "words": {"dtype": "string"}}
    full = {name: [0.0] for name in ("min", "max", "mean", "std", "count")}
    assert missing({"action": full}, features) == []
    del full["std"]
    assert missing({"action": full}, features) == ["action/std"]

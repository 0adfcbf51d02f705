"""The closed-form leave-one-out of the probe against fits that really leave one out."""

import numpy as np

from canter.datasets.language.lexicon import Entry
from canter.datasets.language.probe import probe

PENALTIES = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0)


def left_out_accuracy(rows: np.ndarray, labels: np.ndarray, penalty: float) -> float:
    """Fit ridge once for each row without it and return how many rows were read rightly."""
    features = np.column_stack([rows, np.ones(len(rows))])
    right = 0
    for row in range(len(rows)):
        kept = np.arange(len(rows)) != row
        x, y = features[kept], np.eye(labels.max() + 1)[labels[kept]]
        weights = np.linalg.solve(x.T @ x + penalty * np.eye(x.shape[1]), x.T @ y)
        right += int((features[row] @ weights).argmax() == labels[row])
    return right / len(rows)


def test_leave_one_out_agrees_with_refitting() -> None:
    rng = np.random.default_rng(0)
    names = ("one", "two", "three")
    lexicon = {
        name: Entry((name, *(f"{name}{k}" for k in range(9))), (f"{name}x", f"{name}y"))
        for name in names
    }
    centres = rng.normal(size=(3, 4))
    vectors = {
        word: (centres[k] + rng.normal(size=4)).astype(np.float32)
        for k, name in enumerate(names)
        for word in lexicon[name].synonyms
    }
    rows = np.array([vectors[w] for name in names for w in lexicon[name].training])
    labels = np.repeat(np.arange(3), 10)
    result = probe(vectors, lexicon)
    assert result.left_out == max(left_out_accuracy(rows, labels, p) for p in PENALTIES)
    assert result.held_out_total == 6
    assert result.held_out + len(result.confused) == 6

from pathlib import Path

import numpy as np
import pytest

from canter.cli import main
from canter.control.safety.posture_risk import PostureRisk
from canter.rl.risk.risk_settings import RiskTraining
from canter.rl.run_config import config_path, load_config


def test_a_run_keeps_its_settings_and_a_file_repeats_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, again = tmp_path / "first", tmp_path / "again"
    given = ["--preset", "debug", "--network.widths", "6", "4", "--seed", "3"]
    assert main(["train", "risk", *given, "--out", str(first)]) == 0
    assert load_config(RiskTraining(), config_path(first)).network.widths == (6, 4)
    kept = str(config_path(first))
    assert main(["train", "risk", "--config", kept, "--out", str(again)]) == 0
    models = [PostureRisk.load(out / "posture_risk.npz") for out in (first, again)]
    for name, weight in models[0].weights.items():
        np.testing.assert_array_equal(weight, models[1].weights[name], err_msg=name)
    assert main(["train", "risk", "--out", str(first)]) == 2
    assert main(["train", "risk", "--out", str(first), "--resume", "--network.batch", "9"]) == 2
    assert "network.batch: 16, now 9" in capsys.readouterr().err

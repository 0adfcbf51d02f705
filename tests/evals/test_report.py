import json
import subprocess
from pathlib import Path

import pytest

from canter.control.errors import CanterError
from canter.evals.report import check_writable, command_line, document, write_json


def test_command_line_can_be_typed() -> None:
    options = {"split": "seen", "seed": 0, "vla": None, "locomotion": Path("my runs/a.onnx")}
    wanted = "canter eval go_to --split seen --seed 0 --locomotion 'my runs/a.onnx'"
    assert command_line("eval go_to", options) == wanted


def test_document_says_which_commit_made_it() -> None:
    found = document("go_to", "canter eval go_to", n=3)
    head = ["git", "rev-parse", "--short=12", "HEAD"]
    here = Path(__file__).parent
    known = subprocess.run(head, cwd=here, capture_output=True, text=True, check=False).stdout
    assert found["commit"].startswith(known.strip() or "canter ")
    assert list(found) == ["suite", "n", "command", "commit"]


def test_json_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    write_json(path, {"n": 1})
    assert json.loads(path.read_text()) == {"n": 1}
    assert list(tmp_path.iterdir()) == [path]


def test_paths_that_cannot_be_written_are_named_at_once(tmp_path: Path) -> None:
    check_writable(None)
    check_writable(tmp_path / "new.json")
    with pytest.raises(CanterError, match=r"gone.*does not exist; make it"):
        check_writable(tmp_path / "gone" / "out.json")
    with pytest.raises(CanterError, match="is a folder"):
        check_writable(tmp_path)

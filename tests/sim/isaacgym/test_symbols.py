import ast
import inspect
import textwrap

import pytest

from canter.sim.isaacgym import gymapi, symbols
from canter.sim.isaacgym.errors import UnsupportedError
from canter.sim.isaacgym.symbol_table import CORE, NO_EFFECT


def is_stub(call: object) -> bool:
    """Tell whether a function's body is a docstring and at most a constant result."""
    assert callable(call)
    (function,) = ast.parse(textwrap.dedent(inspect.getsource(call))).body
    assert isinstance(function, ast.FunctionDef)
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return all(
        isinstance(line, ast.Pass | ast.Raise)
        or (isinstance(line, ast.Return) and isinstance(line.value, ast.Constant | None))
        for line in body
    )


def test_there_are_200() -> None:
    assert sum(len(names.split()) for names in CORE.values()) == 200
    assert sum(symbol.core for symbol in symbols.symbols()) == 200


def test_the_200_are_there() -> None:
    missing = [f"{s.owner}.{s.name}" for s in symbols.symbols() if s.core and s.status == "raises"]
    assert missing == []


def test_no_stub_counts_as_implemented() -> None:
    calls = [s for s in symbols.symbols() if s.owner == "gym" and s.status == "implemented"]
    assert [s.name for s in calls if is_stub(symbols.find("gym", s.name))] == []


@pytest.mark.parametrize("owner", NO_EFFECT)
def test_what_has_no_effect_is_there(owner: str) -> None:
    for name in NO_EFFECT[owner].split():
        symbols.find(owner, name)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("acquire_jacobian_tensor", "compute it with mujoco"),
        ("get_actor_tendon_count", "robots come from URDF"),
        ("acquire_dof_state_tensr", "did you mean acquire_dof_state_tensor?"),
        ("dance", "--symbols lists what is there"),
    ],
)
def test_a_missing_call_names_itself_and_the_remedy(name: str, remedy: str) -> None:
    with pytest.raises(UnsupportedError, match=rf"gym\.{name} is not part .*: .*{remedy}"):
        getattr(gymapi.acquire_gym(), name)
    assert not hasattr(gymapi.acquire_gym(), name)


def test_python_may_ask_the_module_for_its_own_names() -> None:
    assert not hasattr(gymapi, "__all__")
    with pytest.raises(UnsupportedError, match=r"gymapi\.SoftMaterial is not part"):
        _ = gymapi.SoftMaterial


def test_the_page_has_every_symbol() -> None:
    page = symbols.markdown()
    assert all(f"`{symbol.name}`" in page for symbol in symbols.symbols())

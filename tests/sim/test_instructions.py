"""What a scene holds and lacks for a sentence, of its own task and of any other."""

import pytest

from canter.control.errors import InstructionError, SceneError
from canter.datasets.language.tasks import task_names
from canter.datasets.language.understanding import TaskInstruction, understand
from canter.sim.instructions import check_holds, lacking, names_in
from canter.sim.scenes.scene import LEVELS, Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task


def scene(name: str, **words: str) -> Scene:
    return task(name).sample(SceneRequest(3, level=2, words=words))


@pytest.mark.parametrize("name", task_names())
@pytest.mark.parametrize("level", LEVELS)
def test_a_scene_lacks_nothing_of_its_own_words(name: str, level: int) -> None:
    for seed in (1, 2):
        own = task(name).sample(SceneRequest(seed, level))
        words = {key: word for key, word in own.words if word}
        assert lacking(own, TaskInstruction(name, words, 1.0, "")) == ""


@pytest.mark.parametrize(
    ("sentence", "lacks"),
    [
        ("go to the red ball", ""),
        ("go to the ball", ""),
        ("go to the red thing", ""),
        ("turn left 90 degrees", ""),
        ("go to the red ball and avoid the obstacles", ""),
        ("go to the letter b", "letter B"),
        ("go through the gate", "gate"),
        ("go through the blue tunnel", "blue tunnel"),
        ("crawl under the yellow bar to the red ball", "yellow bar"),
        ("follow the red ball", "red ball that rolls about"),
        ("follow the ball", "ball that rolls about"),
        ("drop the ball into the red bin", "ball on my back"),
    ],
)
def test_a_scene_of_go_to_holds_things_alone(sentence: str, lacks: str) -> None:
    assert lacking(scene("go_to", colour="red", shape="ball"), understand(sentence)) == lacks


def test_the_second_of_two_things_may_be_what_is_lacking() -> None:
    two = scene("sequence", colour="red", shape="ball", colour2="blue", shape2="cube")
    assert lacking(two, understand("go to the blue cube, then to the red ball")) == ""
    missing = next(
        f"{colour} snowman"
        for colour in ("white", "green", "black")
        if f"{colour} snowman" not in names_in(two)
    )
    said = understand(f"go to the red ball, then to the {missing}")
    assert lacking(two, said) == missing


def test_balls_that_roll_and_that_ride_are_told_apart() -> None:
    follow, unload = scene("follow", colour="blue"), scene("unload", colour="red")
    assert lacking(follow, understand("follow the blue ball")) == ""
    assert lacking(follow, understand("follow the ball")) == ""
    assert lacking(follow, understand("follow the green ball")) == "green ball that rolls about"
    assert lacking(unload, understand("follow the ball")) == "ball that rolls about"
    assert lacking(unload, understand("drop the ball into the red bin")) == ""
    assert "blue ball" in names_in(follow)
    assert {"red bin", "ball on my back"} <= set(names_in(unload))


def test_what_is_not_here_is_refused_with_what_there_is() -> None:
    gates = scene("go_through", colour="blue", kind="gate")
    check_holds(gates, understand("go through the blue gate"))
    with pytest.raises(InstructionError, match=r"there is no red ball here; .*blue gate"):
        check_holds(gates, understand("go to the red ball"))
    dragon = TaskInstruction("go_to", {"shape": "dragon"}, 1.0, "")
    with pytest.raises(SceneError, match="dragon"):
        lacking(gates, dragon)
    with pytest.raises(InstructionError, match="dragon"):
        check_holds(gates, dragon)

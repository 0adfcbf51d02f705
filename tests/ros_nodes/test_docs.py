"""docs/ros2.md and its picture say what the code says: topics, QoS, services, parameters."""

import importlib
import importlib.util
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from canter.commands import COMMANDS
from canter.ros_nodes.graph.settings import NODES, Setting, Table, Value
from canter.ros_nodes.graph.topics import PACKET, SERVICES, TOPICS

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "ros2.md").read_text(encoding="utf-8")
PICTURE = ElementTree.parse(DOCS / "ros2.svg")
DEFAULTS = DOCS.parent / "ros_nodes" / "config" / "canter.yaml"


def table(*rows: tuple[str, ...]) -> str:
    """Return a Markdown table; the first row is its head."""
    head, *body = rows
    lines = [head, ("---",) * len(head), *body]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def topics() -> str:
    rows = [
        (
            f"`{name}`",
            "packet" if topic.type == PACKET else topic.type,
            topic.qos,
            topic.rate,
            topic.sender,
            topic.readers,
            topic.what,
        )
        for name, topic in TOPICS.items()
    ]
    return table(("topic", "type", "QoS", "rate", "from", "to", "what"), *rows)


def services() -> str:
    return table(
        ("service", "what it does"), *((f"`{name}`", what) for name, what in SERVICES.items())
    )


def parameters(settings: Table) -> str:
    rows = [
        (
            f"`{name}`",
            value(it.default),
            span(it),
            "configured" if it.fixed else "at once",
            it.description,
        )
        for name, it in settings.items()
    ]
    return table(("parameter", "default", "range", "takes effect", "what it is"), *rows)


def value(given: Value) -> str:
    """Return a default as a parameter file has it; a long list by its file."""
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, str):
        return (f"`{given}`" if len(given) <= 60 else "see canter.yaml") if given else "empty"
    return f"{given:g}" if isinstance(given, float) else str(given)


def span(setting: Setting) -> str:
    if setting.choices:
        return ", ".join(setting.choices)
    if setting.low is None or setting.high is None:
        return ""
    return f"{_number(setting.low)} to {_number(setting.high)}"


def _number(number: float) -> str:
    return f"{number:g}" if number < 1e9 else f"{number:.2g}"


def missing(text: str) -> str:
    return f"docs/ros2.md must hold this table as it is here:\n{text}"


def test_the_table_of_topics_is_the_codes() -> None:
    assert topics() in PAGE, missing(topics())


def test_the_table_of_services_is_the_codes() -> None:
    assert services() in PAGE, missing(services())


@pytest.mark.parametrize("node", NODES)
def test_the_table_of_a_nodes_parameters_is_the_codes(node: str) -> None:
    text = f"### {node}\n\n{parameters(NODES[node])}"
    assert text in PAGE, missing(text)


def test_the_shipped_parameter_file_holds_the_defaults() -> None:
    found = yaml.safe_load(DEFAULTS.read_text(encoding="utf-8"))
    shipped = {name.rpartition("/")[2]: values for name, values in found.items()}
    assert {name: values["ros__parameters"] for name, values in shipped.items()} == {
        name: {key: it.default for key, it in settings.items()} for name, settings in NODES.items()
    }


@pytest.mark.skipif(importlib.util.find_spec("rclpy") is None, reason="needs ROS 2 (rclpy)")
def test_the_table_of_qos_is_the_codes() -> None:
    qos = importlib.import_module("canter.ros_nodes.graph.qos")
    assert qos.PUBLISHERS.keys() == qos.READERS.keys() == {it.qos for it in TOPICS.values()}
    for name, profile in qos.PUBLISHERS.items():
        reader = _policy(qos.READERS[name].reliability)
        cells = [f"`{name}`", _policy(profile.reliability), reader, _policy(profile.durability)]
        assert f"| {' | '.join([*cells, str(profile.depth)])} |" in PAGE


def _policy(policy: Any) -> str:  # noqa: ANN401 - rclpy ships no types
    name = str(policy.name)
    return "volatile" if name == "SYSTEM_DEFAULT" else name.lower().replace("_", " ")


def test_the_picture_shows_every_node_and_only_topics_that_exist() -> None:
    words = {(element.text or "").split(" ")[0] for element in PICTURE.iter() if element.text}
    assert NODES.keys() - {"sim_node"} <= words
    text = " ".join(element.text or "" for element in PICTURE.iter())
    named = set(re.findall(r"[\w/]+_(?:command|state|raw)[\w/]*|(?:safety|vla_node)/\w+", text))
    assert named >= {"gait_command", "joint_command", "motor_command", "safety/level"}
    assert named <= TOPICS.keys()


def test_the_commands_on_the_page_exist() -> None:
    named = set(re.findall(r"canter (ros \w+)", PAGE))
    assert named == {name for name in COMMANDS if name.startswith("ros ")}
    assert "canter_ros canter.launch.py" in PAGE


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", PAGE):
        assert (DOCS / target).is_file()
    for path in re.findall(r"`((?:ros_nodes|tests|docs)/[\w./]+\.\w+)`", PAGE):
        assert (DOCS.parent / path).is_file()

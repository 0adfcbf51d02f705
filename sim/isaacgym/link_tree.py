"""Links and joints as a file lists them, checked to be a tree and put in Isaac Gym's order."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from canter.sim.isaacgym.asset import ROOT, Body, Inertial, Joint, Shape
from canter.sim.isaacgym.errors import AssetError
from canter.sim.isaacgym.frames import Pose
from canter.sim.isaacgym.inertia import merged, placed

MOST_NAMED = 40
"""Links that a message lists."""


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """A link before fixed joints are collapsed; mass properties and shapes in its own frame."""

    name: str
    inertial: Inertial
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Connection:
    """A joint of the file.

    Attributes:
        name: of the joint.
        parent: name of a link.
        child: name of a link.
        pose: of the child's frame in the parent's at joint zero.
        joint: the degree of freedom; None of a fixed joint.
        keep: whether a fixed joint's child stays a body of its own.
    """

    name: str
    parent: str
    child: str
    pose: Pose
    joint: Joint | None
    keep: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class LinkTree:
    """A checked tree of links.

    Attributes:
        root: name of the link without a parent.
        links: by name.
        children: joints that leave a link, sorted by name; only of links that have some.
    """

    root: str
    links: Mapping[str, Link]
    children: Mapping[str, Sequence[Connection]]

    def bodies(self, collapse: bool) -> tuple[Body, ...]:
        """Return the bodies depth-first, siblings by joint name.

        Args:
            collapse: whether links behind fixed joints become part of the body before, unless
                the joint says to keep them.
        """
        bodies: list[Body] = []
        waiting = [(ROOT, Connection("", "", self.root, Pose.identity(), None))]
        while waiting:
            parent, entry = waiting.pop()
            parts, leaving = self._rigid(entry.child, collapse)
            body = Body(
                name=entry.child,
                parent=parent,
                pos=entry.pose.pos,
                quat=entry.pose.quat,
                joint=entry.joint,
                inertial=merged([placed(link.inertial, pose) for link, pose in parts]),
                shapes=tuple(_moved(shape, pose) for link, pose in parts for shape in link.shapes),
            )
            leaving.sort(key=lambda joint: joint.name, reverse=True)
            waiting.extend((len(bodies), joint) for joint in leaving)
            bodies.append(body)
        return tuple(bodies)

    def _rigid(self, name: str, collapse: bool) -> tuple[list[tuple[Link, Pose]], list[Connection]]:
        """Return the links that form one body, placed in its frame, and the joints that leave."""
        parts: list[tuple[Link, Pose]] = []
        leaving: list[Connection] = []
        waiting = [(name, Pose.identity())]
        while waiting:
            link, pose = waiting.pop()
            parts.append((self.links[link], pose))
            for joint in reversed(self.children.get(link, ())):
                if collapse and joint.joint is None and not joint.keep:
                    waiting.append((joint.child, pose @ joint.pose))
                else:
                    leaving.append(replace(joint, pose=pose @ joint.pose))
        return parts, leaving


def link_tree(links: Sequence[Link], joints: Sequence[Connection], where: str) -> LinkTree:
    """Return links and joints as a tree.

    Args:
        links: all links, in any order.
        joints: all joints, in any order.
        where: the file, for error messages.

    Raises:
        AssetError: a name is used twice, a joint names no link, a link has two parents, or the
            links form no single tree.
    """
    _check_names([link.name for link in links], [joint.name for joint in joints], where)
    by_name = {link.name: link for link in links}
    children: defaultdict[str, list[Connection]] = defaultdict(list)
    parent_joint: dict[str, str] = {}
    for joint in joints:
        _check_ends(joint, by_name, where)
        if joint.child in parent_joint:
            raise AssetError(
                f"{where}: link '{joint.child}' is the child of two joints, "
                f"'{parent_joint[joint.child]}' and '{joint.name}'; delete one."
            )
        parent_joint[joint.child] = joint.name
        children[joint.parent].append(joint)
    root = _root(by_name, parent_joint, where)
    ordered = {name: sorted(group, key=lambda j: j.name) for name, group in children.items()}
    _check_reached(root, by_name, ordered, where)
    return LinkTree(root, by_name, ordered)


def _moved(shape: Shape, pose: Pose) -> Shape:
    here = pose @ Pose(shape.pos, shape.quat)
    return replace(shape, pos=here.pos, quat=here.quat)


def _check_names(links: Sequence[str], joints: Sequence[str], where: str) -> None:
    if not links:
        raise AssetError(f"{where}: there is no <link>; a robot has one at least.")
    for kind, names in (("links", links), ("joints", joints)):
        twice = sorted(name for name, count in Counter(names).items() if count > 1)
        if twice:
            raise AssetError(
                f"{where}: several {kind} have the same name: {listed(twice)}; rename all but one."
            )


def _check_ends(joint: Connection, links: Mapping[str, Link], where: str) -> None:
    for end, name in (("parent", joint.parent), ("child", joint.child)):
        if name not in links:
            raise AssetError(
                f"{where}: joint '{joint.name}' has the {end} '{name}', which is no link; the "
                f"links are {listed(sorted(links))}."
            )


def _root(links: Mapping[str, Link], parents: Mapping[str, str], where: str) -> str:
    roots = sorted(set(links) - set(parents))
    if not roots:
        raise AssetError(
            f"{where}: every link has a parent, so the joints form a cycle; delete one joint of it."
        )
    if len(roots) > 1:
        raise AssetError(
            f"{where}: several links have no parent: {listed(roots)}; connect all but one."
        )
    return roots[0]


def _check_reached(
    root: str, links: Mapping[str, Link], children: Mapping[str, list[Connection]], where: str
) -> None:
    reached = [root]
    for name in reached:
        reached.extend(joint.child for joint in children.get(name, ()))
    lost = sorted(set(links) - set(reached))
    if lost:
        raise AssetError(
            f"{where}: the joints of these links form a cycle: {listed(lost)}; let one joint's "
            "parent be a link that the root carries."
        )


def listed(names: Sequence[str]) -> str:
    """Return names as a message repeats them, the first of very many."""
    return ", ".join(names[:MOST_NAMED]) + (", ..." if len(names) > MOST_NAMED else "")

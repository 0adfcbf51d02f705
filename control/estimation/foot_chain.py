"""Places of the feet by few matrix products: for what runs at every tick of one robot."""

import numpy as np

from canter.control.dynamics.rotations import skew
from canter.control.dynamics.tree import LINKS_PER_LEG, Float
from canter.control.robot import LEGS, RobotSpec
from canter.control.types import Array


class FootChain:
    """Frames of N robots' feet: those of `canter.control.dynamics.legs.Legs`, four times quicker.

    The transform of a joint is affine in the sine and the cosine of its angle (Rodrigues), so the
    twelve of them are one product with constants.

    Args:
        spec: the robot.
        origin_b: point of the base from which places are taken, base frame, m, (3,).
    """

    def __init__(self, spec: RobotSpec, origin_b: Float) -> None:
        legs = spec.tree.by_leg(spec.joint_names)
        feet = spec.tree.foot_places(spec.foot_names)
        terms = np.zeros((len(LEGS), LINKS_PER_LEG, 3, 4, 4))  # constant, sine, cosine
        for leg, links in enumerate(legs):
            for i, link in enumerate(links):
                k = skew(np.array(link.axis))
                turns = np.eye(3) + k @ k, k, -k @ k
                for term, turn in enumerate(turns):
                    terms[leg, i, term, :3, :3] = turn
                place = np.array(link.origin) - (origin_b if i == 0 else 0.0)
                terms[leg, i, 0, :3, 3], terms[leg, i, 0, 3, 3] = place, 1.0
            out = np.eye(4)
            out[:3, 3] = feet[leg]
            terms[leg, -1] = terms[leg, -1] @ out
        self._terms = terms.reshape(len(LEGS), LINKS_PER_LEG, 3, 16)
        self._make_room(1)

    def _make_room(self, robots: int) -> None:
        shape = (robots, len(LEGS), LINKS_PER_LEG)
        self._trig: Float = np.ones((*shape, 1, 3))
        self._sine, self._cosine = self._trig[..., 0, 1], self._trig[..., 0, 2]
        self._flat: Float = np.empty((*shape, 1, 16))
        joints = self._flat.reshape(*shape, 4, 4)
        self._hip, self._thigh, self._calf = joints[:, :, 0, :3], joints[:, :, 1], joints[:, :, 2]

    def frames(self, q: Array) -> Array:
        """Return the last link's axes and the foot's centre, base frame, m, (N, 4, 3, 4).

        Args:
            q: joint angles, rad, (N, 12).
        """
        if len(self._trig) != len(q):
            self._make_room(len(q))
        angles = q.reshape(self._sine.shape)
        np.sin(angles, self._sine)
        np.cos(angles, self._cosine)
        np.matmul(self._trig, self._terms, self._flat)
        return np.asarray(self._hip @ self._thigh @ self._calf)

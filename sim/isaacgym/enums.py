"""Enumerations and constants of Isaac Gym's ``gymapi``.

A number that NVIDIA's documentation or public code states is kept (drive modes, contact collection,
up axis, state and axis flags); the others count in the documented order of the members, and code
that uses the names does not notice.
"""

from enum import IntEnum
from typing import NoReturn

from canter.sim.isaacgym.errors import GymError


class GymEnum(IntEnum):
    """An enumeration whose members are numbers and print as ``SimType.SIM_PHYSX``."""

    def __str__(self) -> str:
        """Return the name with that of its enumeration."""
        return f"{type(self).__name__}.{self.name}"

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:
        """Refuse a number without a member."""
        choices = ", ".join(f"{member.value} {member.name}" for member in cls)
        raise GymError(f"{value!r} is no gymapi.{cls.__name__}; choose from {choices}")


class SimType(GymEnum):
    """Which physics engine was asked for; Canter runs MuJoCo in place of PhysX."""

    SIM_PHYSX = 0
    SIM_FLEX = 1


class UpAxis(GymEnum):
    """The axis that points up."""

    UP_AXIS_Y = 0
    UP_AXIS_Z = 1


class DofDriveMode(GymEnum):
    """What a degree of freedom follows: nothing, positions, velocities or torques."""

    DOF_MODE_NONE = 0
    DOF_MODE_POS = 1
    DOF_MODE_VEL = 2
    DOF_MODE_EFFORT = 3


class DofType(GymEnum):
    """How a degree of freedom moves."""

    DOF_INVALID = 0
    DOF_ROTATION = 1
    DOF_TRANSLATION = 2


class JointType(GymEnum):
    """How a joint connects two bodies."""

    JOINT_INVALID = 0
    JOINT_FIXED = 1
    JOINT_REVOLUTE = 2
    JOINT_PRISMATIC = 3
    JOINT_BALL = 4
    JOINT_PLANAR = 5
    JOINT_FLOATING = 6


class IndexDomain(GymEnum):
    """What an index counts within: an actor, an environment or the simulation."""

    DOMAIN_ACTOR = 0
    DOMAIN_ENV = 1
    DOMAIN_SIM = 2


class CoordinateSpace(GymEnum):
    """The frame of a force and of its point: environment, body or world."""

    ENV_SPACE = 0
    LOCAL_SPACE = 1
    GLOBAL_SPACE = 2


class ContactCollection(GymEnum):
    """From which substeps of a step contact forces are collected."""

    CC_NEVER = 0
    CC_LAST_SUBSTEP = 1
    CC_ALL_SUBSTEPS = 2


class CameraFollowMode(GymEnum):
    """Whether a camera follows its body's position alone or its rotation, too."""

    FOLLOW_POSITION = 0
    FOLLOW_TRANSFORM = 1


class ImageType(GymEnum):
    """What a camera's image holds."""

    IMAGE_COLOR = 0
    IMAGE_DEPTH = 1
    IMAGE_SEGMENTATION = 2
    IMAGE_OPTICAL_FLOW = 3


class MeshType(GymEnum):
    """Which shapes of a body are meant."""

    MESH_NONE = 0
    MESH_COLLISION = 1
    MESH_VISUAL = 2
    MESH_VISUAL_AND_COLLISION = 3


class MeshNormalMode(GymEnum):
    """Where the normals of a mesh come from."""

    FROM_ASSET = 0
    COMPUTE_PER_VERTEX = 1
    COMPUTE_PER_FACE = 2


class TensorDataType(GymEnum):
    """Type of a tensor's elements."""

    DTYPE_FLOAT32 = 0
    DTYPE_UINT32 = 1
    DTYPE_UINT64 = 2
    DTYPE_UINT8 = 3
    DTYPE_INT16 = 4


class TendonType(GymEnum):
    """Kind of a tendon."""

    TENDON_FIXED = 0
    TENDON_SPATIAL = 1


_KEYS = (
    "SPACE APOSTROPHE COMMA MINUS PERIOD SLASH 0 1 2 3 4 5 6 7 8 9 SEMICOLON EQUAL "
    "A B C D E F G H I J K L M N O P Q R S T U V W X Y Z "
    "LEFT_BRACKET BACKSLASH RIGHT_BRACKET GRAVE_ACCENT ESCAPE TAB ENTER BACKSPACE INSERT DEL "
    "RIGHT LEFT DOWN UP PAGE_UP PAGE_DOWN HOME END CAPS_LOCK SCROLL_LOCK NUM_LOCK PRINT_SCREEN "
    "PAUSE F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 F11 F12 "
    "NUMPAD_0 NUMPAD_1 NUMPAD_2 NUMPAD_3 NUMPAD_4 NUMPAD_5 NUMPAD_6 NUMPAD_7 NUMPAD_8 NUMPAD_9 "
    "NUMPAD_DEL NUMPAD_DIVIDE NUMPAD_MULTIPLY NUMPAD_SUBTRACT NUMPAD_ADD NUMPAD_ENTER NUMPAD_EQUAL "
    "LEFT_SHIFT LEFT_CONTROL LEFT_ALT LEFT_SUPER RIGHT_SHIFT RIGHT_CONTROL RIGHT_ALT RIGHT_SUPER "
    "MENU"
)
_MOUSE = (
    "LEFT_BUTTON RIGHT_BUTTON MIDDLE_BUTTON FORWARD_BUTTON BACK_BUTTON "
    "SCROLL_RIGHT SCROLL_LEFT SCROLL_UP SCROLL_DOWN MOVE_RIGHT MOVE_LEFT MOVE_UP MOVE_DOWN"
)


class KeyboardInput(GymEnum):
    """A key: ``KEY_`` and its name."""

    _ignore_ = "number name"
    for number, name in enumerate(_KEYS.split()):
        vars()[f"KEY_{name}"] = number


class MouseInput(GymEnum):
    """A button or a movement of the mouse: ``MOUSE_`` and its name."""

    _ignore_ = "number name"
    for number, name in enumerate(_MOUSE.split()):
        vars()[f"MOUSE_{name}"] = number


INVALID_HANDLE = -1
"""What a search that finds nothing returns."""

DEFAULT_VIEWER_WIDTH, DEFAULT_VIEWER_HEIGHT = 1600, 900
"""Size of a viewer and of a camera's image by default, pixels."""

STATE_NONE, STATE_POS, STATE_VEL, STATE_ALL = 0, 1, 2, 3
"""Which part of a state is read or written: bits."""

AXIS_NONE, AXIS_X, AXIS_Y, AXIS_Z, AXIS_TWIST, AXIS_SWING_1, AXIS_SWING_2 = 0, 1, 2, 4, 8, 16, 32
"""Axes of a pose: bits."""

AXIS_TRANSLATION = AXIS_X | AXIS_Y | AXIS_Z
AXIS_ROTATION = AXIS_TWIST | AXIS_SWING_1 | AXIS_SWING_2
AXIS_ALL = AXIS_TRANSLATION | AXIS_ROTATION

RIGID_BODY_NONE, RIGID_BODY_DISABLE_GRAVITY, RIGID_BODY_DISABLE_SIMULATION = 0, 1, 2
"""Flags of a body: bits."""

# Isaac Gym has every member of its enumerations in the module, too.
for _enumeration in GymEnum.__subclasses__():
    globals().update(_enumeration.__members__)

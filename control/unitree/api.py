"""Names on the robot's bus: topics, services, their numbers and their error codes."""

LOW_CMD_TOPIC = "rt/lowcmd"
LOW_STATE_TOPIC = "rt/lowstate"
SPORT_STATE_TOPIC = "rt/sportmodestate"
TRUE_STATE_TOPIC = "rt/canter/truth"
"""A simulator's own: the same message with the true place, for whoever draws what it sees."""
WIRELESS_TOPIC = "rt/wirelesscontroller"

LOW_LEVEL_PERIOD_S = 0.002
"""Period of LowState_, and of LowCmd_ as it should be sent, s."""
SIMULATION_DOMAIN = 1
"""DDS domain of simulators; a robot is on domain 0."""

SPORT = "sport"
MOTION_SWITCHER = "motion_switcher"
VIDEO = "videohub"
"""Services; one of them named S listens at rt/api/S/request and answers at rt/api/S/response."""

API_VERSION = 1
"""Number that every service answers with its version."""
VERSION = "1.0.0.1"

DAMP = 1001
STOP_MOVE = 1003
STAND_UP = 1004
STAND_DOWN = 1005
EULER = 1007
MOVE = 1008
"""Numbers of the sport service."""

CHECK_MODE = 1001
SELECT_MODE = 1002
RELEASE_MODE = 1003
"""Numbers of the motion switcher."""
SPORT_MODE_NAME = "normal"
"""What the motion switcher calls the mode in which the sport service has the motors."""

GET_IMAGE = 1001
"""Number of the video service: one picture, JPEG, in the answer's ``binary``."""

OK = 0
TIMED_OUT = 3104
SERVER_INTERNAL = 3202
NOT_IMPLEMENTED = 3203
BAD_PARAMETER = 3204
"""Codes of answers; the second is the client's own."""


def request_topic(service: str) -> str:
    """Return the topic on which a service is asked."""
    return f"rt/api/{service}/request"


def response_topic(service: str) -> str:
    """Return the topic on which a service answers."""
    return f"rt/api/{service}/response"

"""Camera sensors: made in an environment, placed or attached to a body, drawn off screen."""


class CameraCalls:
    """The calls of `Gym` about camera sensors."""

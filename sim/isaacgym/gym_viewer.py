"""The viewer: a point of view without a window, whose picture can be written to a file."""


class ViewerCalls:
    """The calls of `Gym` about the viewer, lights, colours and lines."""

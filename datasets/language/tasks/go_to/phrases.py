"""Sentences that send the robot to a thing: those of the seen split, and those held out of it.

In a frame ``{t}`` stands for the object with its article ("the red ball"), ``{a}`` for the object
with an indefinite article ("an orange box").
"""

from canter.datasets.language.framing import lines
from canter.datasets.language.lexicon import GENERIC_NOUNS

IMPERATIVES: tuple[str, ...] = lines(
    """
    go to {t}
    go over to {t}
    go up to {t}
    go towards {t}
    go near {t}
    go and stand next to {t}
    go and stand by {t}
    go stand beside {t}
    walk to {t}
    walk over to {t}
    walk up to {t}
    walk towards {t}
    walk until you reach {t}
    head to {t}
    head for {t}
    head over to {t}
    head towards {t}
    move to {t}
    move towards {t}
    move toward {t}
    move over to {t}
    move close to {t}
    run to {t}
    run over to {t}
    trot to {t}
    trot over to {t}
    come to {t}
    get to {t}
    get close to {t}
    get next to {t}
    step up to {t}
    travel to {t}
    proceed to {t}
    navigate to {t}
    make your way to {t}
    approach {t}
    reach {t}
    visit {t}
    stop next to {t}
    stop at {t}
    stand next to {t}
    find {t}
    find {t} and stop next to it
    find {t} and go to it
    find {t} and stand by it
    look for {t} and walk to it
    look for {t} and stop beside it
    locate {t} and approach it
    """
)
"""Requests of the split ``seen``."""

STATEMENTS: tuple[str, ...] = lines(
    """
    your goal is {t}
    your target is {t}
    i want you to go to {t}
    i want you to walk to {t}
    i would like you to approach {t}
    i need you next to {t}
    you should go to {t}
    you should be at {t}
    """
)
"""Sentences of the split ``seen`` that take no "could you" before them."""

HELD_OUT_VERBS: tuple[str, ...] = lines(
    """
    wander over to {t}
    stroll to {t}
    stroll over to {t}
    march to {t}
    march up to {t}
    advance to {t}
    advance towards {t}
    hurry to {t}
    hurry over to {t}
    dash to {t}
    rush over to {t}
    journey to {t}
    hike to {t}
    amble over to {t}
    scurry to {t}
    seek out {t}
    track down {t}
    draw near to {t}
    drop by {t}
    pull up beside {t}
    pay {t} a visit
    take yourself to {t}
    bring yourself to {t}
    join {t}
    """
)
"""Requests with verbs that no seen instruction uses."""

HELD_OUT_ORDERS: tuple[str, ...] = lines(
    """
    {t}: go there
    {t}: walk to it
    {t}, approach it
    {t}, go and stand next to it
    to {t} please walk
    to {t} go
    towards {t} you should move
    next to {t} i want you to stand
    there is {a}, go stand by it
    there is {a}, walk over to it
    see {t}? go to it
    {t} is where you should go
    {t} is where i want you
    {t} is your target
    it is {t} you should approach
    """
)
"""Sentences whose words are those of seen instructions but stand in another order."""

OBJECTS: tuple[str, ...] = ("{colour} {shape}", "{colour} coloured {shape}")
"""How seen instructions name an object that has both a colour and a shape; the first is usual."""

HELD_OUT_OBJECTS: tuple[str, ...] = lines(
    """
    {shape} that is {colour}
    {shape} which is {colour}
    {shape} painted {colour}
    {shape} with the {colour} colour
    """
)
"""Held-out orders of colour and shape."""

ARTICLES: tuple[str, ...] = ("the", "that", "a")
"""Articles of the placeholder ``{t}``; the first is usual."""

OPENINGS: tuple[str, ...] = lines(
    """
    please
    could you
    could you please
    can you
    can you please
    would you
    will you
    kindly
    now
    now please
    """
)
"""What may stand before an imperative."""

CALLS: tuple[str, ...] = ("robot", "hey robot", "ok robot", "dog", "good dog", "hello")
"""What may stand before any seen sentence."""

CLOSINGS: tuple[str, ...] = lines(
    """
    please
    now
    and stop
    and stop there
    and wait there
    and stay there
    thanks
    thank you
    """
)
"""What may stand after any seen sentence."""

GOING: tuple[str, ...] = tuple(
    frame for frame in IMPERATIVES if frame.count("{t}") == 1 and " and " not in frame
)
"""Simple requests to go to a thing."""

OBJECT_PARTS: dict[str, tuple[str, ...]] = {
    "t": ("the {object}", "that {object}", "a {object}", "an {object}"),
    "a": ("a {object}", "an {object}"),
    "object": (*OBJECTS, *HELD_OUT_OBJECTS, "{shape}", "{colour} {noun}"),
    "noun": GENERIC_NOUNS,
}
"""How a thing is named, as parts of a grammar with the places ``colour`` and ``shape``."""

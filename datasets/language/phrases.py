"""The sentences around a target: how people ask the robot to go to an object.

In a frame ``{t}`` stands for the object with its article ("the red ball"), ``{a}`` for the object
with an indefinite article ("an orange box").
"""


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


IMPERATIVES: tuple[str, ...] = _lines(
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

STATEMENTS: tuple[str, ...] = _lines(
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

HELD_OUT_VERBS: tuple[str, ...] = _lines(
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

HELD_OUT_ORDERS: tuple[str, ...] = _lines(
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

HELD_OUT_OBJECTS: tuple[str, ...] = _lines(
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

OPENINGS: tuple[str, ...] = _lines(
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

CLOSINGS: tuple[str, ...] = _lines(
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

IDIOMS: tuple[str, ...] = _lines(
    """
    make your way
    take yourself
    bring yourself
    drop by
    pull up
    draw near
    track down
    """
)
"""Fixed phrases whose first word alone asks for something else ("make", "drop")."""

TOLERATED: tuple[str, ...] = _lines(
    """
    this these those an my our some here straight directly slowly quickly carefully
    go walk move run stand stop head wait then just hi hey okay boy girl spot let us let's
    want wants need needs like may might must shall do got going walking moving heading
    forward ahead onto into in on at of for by side close closer up down over across along
    color colored colours colors shape shaped looking looks bright
    goto until before your you're you we me i i'd i'm it's its that's there's
    """
)
"""Further words the parser passes over; each line is a list of words."""

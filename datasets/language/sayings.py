"""How people ask for motion to a thing, for training: parts that the grammars of tasks share."""

from canter.datasets.language.framing import lines
from canter.datasets.language.things import listed

MOTIONS: tuple[str, ...] = listed(
    """
    go, walk, head, move, run, trot, come, get, step, travel, proceed, navigate, go on, walk on,
    jog, race, sprint, roll, cruise, saunter, tiptoe, sneak, prance, canter, gallop, scamper,
    skip, pace, plod, trek, tramp, roam, ramble, pad, waddle, stride, zip, zoom, dart, bolt,
    sail, steer, make a beeline, find your way, work your way, get yourself, move yourself,
    carry yourself, creep, drag yourself, be off, head off, set off, set out, swing,
    walk yourself, take a walk, take a trip, make a move, go for a walk, take a stroll down,
    speed, fly, drift, slink, lumber, hop, bounce
    """
)
TOWARDS: tuple[str, ...] = listed(
    """
    to, to, to, over to, up to, towards, toward, across to, right up to, straight to,
    directly to, all the way to, on over to, in the direction of, near, close to, next to,
    right over to, as far as, along to, straight for, round to, back to, for, until you are at,
    until you get to
    """
)
REACHING: tuple[str, ...] = listed(
    """
    approach, reach, visit, find, locate, target, get at, arrive at, stop at, stop by,
    stop beside, stop near, stop next to, stop in front of, stand by, stand at, stand beside,
    stand near, stand next to, stand in front of, wait at, wait by, wait next to, be at,
    be next to, end up at, meet me at, position yourself at, place yourself next to,
    park yourself by, park next to, park in front of, station yourself at, plant yourself by,
    present yourself at, stay by, stay near, come up to, come close to, get hold of a place by,
    walk right up to, make contact with, pay attention to and approach, choose, pick, select,
    take, face, check out, inspect, look at, go and see, go see, go and inspect, go check,
    look for, search for, hunt for, spot, discover, go find, go and find, go get to, aim for,
    shoot for, set course for, close in on, rush at, say hi to, go greet, greet, go touch, smell,
    go smell, catch up with, be near, come next to, make it to, get over to, i said, take me to,
    lead me to, bring me to, guide me to, show me
    """
)
DETERMINERS: tuple[str, ...] = listed(
    """
    the, the, the, the, the, that, a, this, some, any, my, our, one
    """
)
MANNERS: tuple[str, ...] = listed(
    """big, large, little, small, shiny, nice, lovely, lonely, old, new, pretty, tall, tiny, huge,
    beautiful, plain, strange, funny, fancy, single, bright, painted, plastic, metal, toy"""
)
ADVERBS: tuple[str, ...] = listed(
    """slowly, quickly, carefully, straight, directly, now, right now, quietly, gently, immediately,
    just, simply, fast, at once, safely, calmly, again, finally, right away, in peace, for me"""
)
WIDE_OPENINGS: tuple[str, ...] = lines(
    """
    please
    please
    could you
    could you please
    can you
    can you please
    would you
    would you please
    will you
    would you kindly
    kindly
    now
    ok
    okay
    ok now
    alright
    right
    so
    then
    hey
    hi
    hello
    robot
    hey robot
    ok robot
    hello robot
    dog
    good dog
    good boy
    hey buddy
    hey you
    listen
    listen up
    buddy
    boy
    my friend
    dear robot
    go ahead and
    i want you to
    i would really like you to
    we need you to
    i would appreciate it if you would
    shall we
    can we
    how about we
    you better
    you had better
    just
    simply
    i would like you to
    i'd like you to
    i need you to
    i'd love you to
    i wish you to
    i ask you to
    i am asking you to
    you should
    you must
    you have to
    you need to
    you can
    you may
    your task is to
    your job is to
    your mission is to
    your next task is to
    the task is to
    the next thing to do is to
    the plan is to
    it is time to
    time to
    let us
    let's
    let me see you
    try to
    try and
    do try to
    start to
    begin to
    remember to
    make sure to
    make sure you
    be a good robot and
    be so kind as to
    do me a favour and
    if you can
    if you would
    if possible
    when you are ready
    as soon as you can
    do you think you can
    do you think you could
    is it possible for you to
    are you able to
    could you possibly
    can i ask you to
    may i ask you to
    might i ask you to
    i wonder if you could
    i was wondering if you could
    would it be possible to
    would you be able to
    would you be so kind as to
    it would be nice if you could
    it would be great if you could
    how about you
    why don't you
    why not
    first of all
    next
    next up
    for now
    this time
    today
    i think you should
    i guess you could
    i said
    i repeat
    well
    um
    uh
    erm
    hmm
    actually
    basically
    quick
    attention
    new task
    new plan
    command
    order
    i order you to
    i command you to
    """
)
WIDE_CLOSINGS: tuple[str, ...] = lines(
    """
    please
    please
    now
    right now
    thanks
    thank you
    thank you very much
    many thanks
    thanks a lot
    cheers
    and stop
    and stop there
    and wait there
    and stay there
    and stop in front of it
    and then stop
    and hold still
    and wait
    and stand still
    if you can
    if you would
    if you like
    if you don't mind
    if possible
    for me
    for us
    will you
    would you
    could you
    okay
    ok
    alright
    right
    robot
    buddy
    boy
    good boy
    my friend
    as fast as you can
    when you are ready
    as soon as possible
    quickly
    slowly
    carefully
    at once
    immediately
    today
    again
    i said
    or so
    that is all
    that's it
    that would be great
    that would be nice
    i'm waiting
    go go go
    come on
    hurry up
    hurry
    quick
    and take your time
    no rush
    and be careful
    and don't be late
    without delay
    and nothing else
    over there
    there
    """
)
FILLERS: tuple[str, ...] = listed(
    """
    um, uh, like, just, so, well, you know, erm, maybe, i mean, actually, basically, please,
    kind of, sort of, hmm, ah, oh, okay, i think, really, then
    """
)
"""Words that may stand anywhere and say nothing."""

THING_PARTS: dict[str, tuple[str, ...]] = {
    "t": ("{det} {thing}", "{det} {thing}", "{det} {thing}", "{thing}"),
    "det": DETERMINERS,
    "adj": MANNERS,
    "adv": ADVERBS,
    "motion": MOTIONS,
    "towards": TOWARDS,
    "reach": REACHING,
    "noun": listed(
        """
        thing, thing, object, item, one, one, stuff, shape, toy, figure, piece, something
        """
    ),
    "coloured": listed("coloured, colored, looking, tinted, painted, hued"),
    "that": listed(
        """
        that is, which is, that's, painted, in, coloured, colored, with a colour of, all in,
        that looks, dyed, made in
        """
    ),
    "thing": (
        "{colour} {shape}",
        "{colour} {shape}",
        "{colour} {shape}",
        "{colour} {shape}",
        "{colour} {shape}",
        "{shape}",
        "{adj} {colour} {shape}",
        "{colour} {coloured} {shape}",
        "{shape} {that} {colour}",
        "{shape} {that} {colour}",
        "{colour} {noun}",
        "{colour} {noun}",
        "{noun} {that} {colour}",
        "{adj} {shape}",
        "{shape} of {colour} colour",
        "{shape} with the colour {colour}",
        "{noun} shaped like a {shape}",
        "{colour} {noun} shaped like a {shape}",
        "{shape} shaped {noun}",
        "{shape} shaped {colour} {noun}",
        "{colour} {shape} shaped {noun}",
        "{shape} the {colour} {noun}",
    ),
    "full": ("{colour} {shape}", "{colour} {shape}", "{colour} {shape}", "{adj} {colour} {shape}",
             "{colour} {coloured} {shape}", "{shape} {that} {colour}"),
}  # fmt: skip
"""How training names a thing, beyond what the seen split says."""
ASKING: dict[str, tuple[str, ...]] = {
    "it": listed(
        """
        go there, go to it, walk to it, walk over to it, move to it, approach it, head there,
        get there, run to it, go and stand by it, go stand next to it, go up to it, reach it,
        stop in front of it, come to it, head for it, walk up to it, go over there, find it,
        walk there, go meet it, visit it, i want you there, be there, go say hello, go see it,
        make your way there, step up to it, get close to it, that's where you go
        """
    ),
    "somewhere": listed("somewhere, around here, over there, in front of you, nearby, in the room, "
                        "on the floor, here, out there, ahead, somewhere around"),
    "aim": listed(
        """
        your goal, your target, your aim, your destination, where you should go, where you go,
        where i want you, what i want, the one i want, where i need you, the place to be,
        the goal, the target, the destination, your next stop, the one to go to, the one,
        what you are looking for, where i would like you to be, the thing to go to,
        the next target, where you have to be, what you should find, where to go,
        the thing you should walk to, what i want you to find, the object to approach
        """
    ),
    "standing": listed(
        """
        next to, by, at, near, in front of, beside, close to, right next to, right by,
        standing by, standing next to, waiting at, over by, right in front of, facing
        """
    ),
    "closing": listed("please, now, go, quick, over there, there, next, first"),
    "isnt": listed(
        """
        is not, isn't, is not a, isn't the, has not got the colour, does not look, is never,
        is anything but
        """
    ),
    "but": listed("but not the, but not a, not the, except the, only not the, that is not a"),
    "of": listed("of, among, from, out of"),
    "other": ("{other_colour} {other_shape}", "{other_colour} {other_shape}", "{other_shape}",
              "{other_shape}", "{other_colour} one", "two {other_shape}", "{other_colour} {noun}"),
}  # fmt: skip
"""How training asks to go to what was named before."""

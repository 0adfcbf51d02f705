"""What training says of walks, turns and poses, beyond the seen split."""

from collections.abc import Iterable

from canter.datasets.language.amounts import ANGLES, LENGTHS
from canter.datasets.language.grammar import Frames, Place
from canter.datasets.language.sayings import THING_PARTS
from canter.datasets.language.tasks.move.phrases import (
    AMOUNTS,
    CREEP,
    GO,
    MOST_LEGS,
    POSES,
    amount_place,
    numbered,
    told,
)
from canter.datasets.language.things import Names, listed

_AHEAD: Names = {
    "forward": listed(
        """
        forward, forward, forwards, ahead, straight ahead, straight on, straight, onwards,
        onward, on, to the front, frontwards, forth, in front, in a straight line
        """
    ),
    "back": listed(
        """
        back, backwards, backward, back, to the rear, rearwards, in reverse, away, to the back,
        tail first, in the backward direction
        """
    ),
    "left": listed(
        """
        left, to the left, to your left, leftwards, sideways to the left, sideways left,
        leftward, to the left side, left sideways, to the left hand side, to its left
        """
    ),
    "right": listed(
        """
        right, to the right, to your right, rightwards, sideways to the right, sideways right,
        rightward, to the right side, right sideways, to the right hand side, to its right
        """
    ),
}  # fmt: skip
"""Directions of a walk."""
_WALKING: Names = {
    "forward": listed(
        """
        walk, walk, go, move, trot, run, step, proceed, travel, come, head, drive, keep going,
        get, go on, continue, progress, jog, stride, pace, push, take a walk, start walking,
        keep walking, roll, shift, pass, press, tread, wander, make a move, take steps
        """
    ),
    "back": listed(
        """
        walk, go, move, step, get, trot, run, travel, shift, come, drive, head, push, walk a bit,
        fall, pull, take a step, roll, drop
        """
    ),
    "left": listed(
        """
        step, walk, move, go, shift, slide, strafe, side step, crab walk, trot, get, scoot, hop,
        take a step, glide, drift, edge, move over, travel, crab
        """
    ),
    "right": listed(
        """
        step, walk, move, go, shift, slide, strafe, side step, crab walk, trot, get, scoot, hop,
        take a step, glide, drift, edge, move over, travel, crab
        """
    ),
}  # fmt: skip
_WALK_MORE: Names = {
    "forward": listed(
        """
        forward, straight ahead, forwards, go straight, keep straight, ahead, step forth,
        walk on, go on, carry on straight, keep moving forward, continue ahead
        """
    ),
    "back": listed(
        """
        backwards, back off, go backwards, walk in reverse, back away, move away,
        go into reverse, backpedal, step away, pull back, fall back
        """
    ),
    "left": listed(
        """
        strafe left, side step left, slide left, scoot left, crab left, go left sideways
        """
    ),
    "right": listed(
        """
        strafe right, side step right, slide right, scoot right, crab right, go right sideways
        """
    ),
}
_TURN_VERBS = listed(
    """
    turn, turn, turn, rotate, spin, swivel, veer, swing, twist, face, wheel, revolve, steer,
    make a turn, do a turn, turn yourself, turn your body, rotate your body, turn round, circle,
    curve, make a rotation, take a turn, do a spin
    """
)
_SIDES: Names = {
    "left": listed(
        """
        left, left, to the left, to your left, leftwards, anticlockwise, counterclockwise,
        counter clockwise, anti clockwise, to the left hand side, toward the left, on the left,
        leftward
        """
    ),
    "right": listed(
        """
        right, right, to the right, to your right, rightwards, clockwise, to the right hand side,
        toward the right, on the right, rightward
        """
    ),
}  # fmt: skip
_ABOUT: Names = {
    "180": listed(
        """
        turn round, about turn, about face, do an about turn, make a u turn, do a u turn,
        turn back, spin round, turn right round, face the other way, turn the other way,
        turn to face behind you, reverse your direction, face backwards, look behind you,
        turn to the other side, u turn, turn to face the opposite direction, swing around,
        do a one eighty, flip around, face about
        """
    ),
}
_POSE_MORE: Names = {
    "low": listed(
        """
        lower your body, lower yourself, get low, go low, get down, go down, bend your knees,
        bend your legs, make yourself small, sink, sink down, crouch down, lower your belly,
        drop down, stoop, be low, hunker down, lower the body, squat, get closer to the ground,
        come down, flatten, flatten yourself, cower, keep low, stay low, drop your body,
        make yourself flat, lower your back, take a low pose, knees bent, be small, get small,
        hug the floor, keep your body close to the floor
        """
    ),
    "high": listed(
        """
        raise your body, raise yourself, stand tall, stand up high, be tall, make yourself tall,
        rise, rise up, straighten your legs, extend your legs, stand up straight, lift your body,
        get taller, get high, go high, stand on tiptoe, grow, higher, body up, lift yourself up,
        stand high, push your body up, stand at full height, stretch up, take a high pose,
        reach up, raise your back, be big, stand proud, straighten up, lift your belly
        """
    ),
    "down": listed(
        """
        point your nose down, look down, nose down, tilt down, lean forward, lower your nose,
        lower your head, pitch down, head down, look at the ground, tip forward, tilt forward,
        face down, bend forward, lean down, point down, look to the ground, hang your head,
        lower your gaze, look at your feet, put your nose down, put your head down, nod,
        pitch forward, take a bow, gaze at the ground, aim your nose at the floor
        """
    ),
    "up": listed(
        """
        point your nose up, look up, nose up, tilt up, lean back, raise your nose,
        raise your head, pitch up, head up, look at the ceiling, tip back, tilt back, face up,
        chin up, point up, look to the sky, lift your nose, raise your gaze, gaze up,
        put your nose up, put your head up, pitch back, look above you, look into the air,
        lean backwards, aim your nose at the ceiling, look upwards, stick your nose in the air
        """
    ),
}  # fmt: skip
_PACE_MORE: Names = {
    "slowly": listed(
        """
        slowly, slowly, gently, at a slow pace, slow, leisurely, at a crawl, at low speed,
        with slow steps, without haste, calmly, unhurriedly, in slow motion, at a gentle pace,
        very slowly, nice and slow, a bit slower, at a snail's pace, lazily, with care,
        carefully, cautiously, at half speed
        """
    ),
    "quickly": listed(
        """
        quickly, quickly, fast, at a fast pace, rapidly, swiftly, at high speed, at full speed,
        speedily, as fast as you can, quick, in a hurry, at top speed, hastily, very fast,
        at speed, briskly, with speed, in a rush, faster, at a run, promptly
        """
    ),
}
_FREE_AMOUNTS = listed(
    """
    a bit, a little, a little bit, some way, a few steps, a short way, somewhat, for a while,
    some steps, a tad, slightly
    """
)
"""Amounts that leave the amount open."""
_COUNTS = listed(
    """
    one, two, three, four, five, a, 1, 2, 3, 4, 5, 10, half a, one and a half, 1.5, 0.5, 2.5,
    six, a couple of, two and a half
    """
)
_METRES = listed("metre, metres, meter, meters, m, m, step, steps, feet, yards, paces")
_LITTLE = listed(
    """
    50 cm, 50 centimetres, 100 cm, 150 centimeters, fifty centimeters, 200 cm, 30 cm, 80 cm,
    500 mm, half metre, a metre and a half, one half metre, a hundred centimetres, about a metre,
    around two metres, half a step, a single step, a full metre, one metre and a half
    """
)
_TURNS = listed(
    """
    90 degrees, 45 degrees, 180 degrees, 135 degrees, 30 degrees, 60 degrees, 120 degrees, 90°,
    45°, 180°, 90 deg, 180 deg, ninety degrees, forty five degrees, sixty degrees,
    thirty degrees, a quarter turn, a quarter, a quarter of a turn, half a turn, a half turn,
    a full turn, an eighth turn, a hundred degrees, one hundred eighty degrees, by 90 degrees,
    by 45 degrees, by a quarter, by half a turn, a right angle, by 180 degrees,
    by ninety degrees, half a circle, a quarter circle, 90, 45, 180, halfway, by 90°,
    a quarter of a circle, three quarters of a turn, an eighth of a turn, halfway round
    """
)


def _said(amounts: Iterable[str]) -> tuple[str, ...]:
    """Return all that the seen split says for these amounts."""
    return tuple(said for name in amounts for said in AMOUNTS[name])


def _training_places(number: int) -> dict[str, Place]:
    """Return what training says in the places of one thing to do."""
    do, way, amount = f"do{number}", f"way{number}", f"amount{number}"
    walks = {
        way_name: tuple(
            dict.fromkeys(
                (
                    *GO[way_name][0],
                    *_WALK_MORE[way_name],
                    *(f"{v} {d}" for v in _WALKING[way_name] for d in _AHEAD[way_name]),
                )
            )
        )
        for way_name in GO
    }
    turns = {
        side: tuple(f"{verb} {where}" for verb in _TURN_VERBS for where in some)
        for side, some in _SIDES.items()
    }
    lengths = (*(f"{n} {unit}" for n in _COUNTS for unit in _METRES), *_LITTLE, *_said(LENGTHS))
    poses = {name: (*_POSE_MORE[name], *POSES[name][0]) for name in POSES}
    creeping = {do: "walk", f"pace{number}": "slowly", f"posture{number}": "low"}
    creeps = {name: tuple(f"{v} {d}" for v in CREEP for d in _AHEAD[name]) for name in GO}
    return {
        f"go{number}": told({do: "walk"}, way, walks),
        f"turn{number}": told({do: "turn"}, way, turns),
        f"about{number}": told({do: "turn"}, amount, _ABOUT),
        f"creep{number}": told(creeping, way, creeps),
        f"pose{number}": told({do: "pose"}, way, poses),
        f"stance{number}": told(
            {}, f"posture{number}", {name: poses[name] for name in ("low", "high")}
        ),
        f"much{number}": amount_place(amount, lengths),
        f"angle{number}": amount_place(amount, (*_TURNS, *_said(ANGLES))),
        f"pace{number}": told({}, f"pace{number}", _PACE_MORE),
    }


_POSES = listed("{pose#}, {pose#}, {pose#}, {pose#} {free}")
"""Poses; "{pose#} and {go#}" is a posture to walk in, "{pose#} then {go#}" two things to do."""
_FORMS = listed(
    """
    {go#}, {go#} {much#}, {go#} {much#}, {go#} {free}, {go#} for {much#}, {go#} by {much#},
    {go#} about {much#}, {go#} {pace#}, {pace#} {go#}, {go#} {much#} {pace#},
    {pace#} {go#} {much#}, {take} {much#} {to#}, {walking} {much#} {to#}, {much#} {to#},
    {turn#} {angle#}, {turn#} {angle#},
    {turn#}, {turning} {angle#} {side#}, {angle#} {side#}, {about#}, {turn#} {free},
    {turning} {angle#}, {stance#} and {go#},
    {stance#} and {go#} {much#}, {stance#} and {go#} {pace#}, {stance#} and {go#} {much#} {pace#},
    {stance#} and {creep#}, {stance#} and {creep#} {much#}, {stance#} while you {go#},
    {go#} with {body#}, {go#} {much#} with {body#}, {go#} {pace#} with {body#}, {creep#},
    {creep#} {much#}
    """
)
"""Forms of one thing to do; # stands for its number."""


def _training_parts(number: int) -> dict[str, tuple[str, ...]]:
    """Return the forms of one thing to do in training."""
    return {
        f"leg{number}": numbered((*_FORMS, *_POSES), number),
        f"motion{number}": numbered(_FORMS, number),
        f"to{number}": (f"{{way{number}}}",),
    }


def _bodies(number: int) -> dict[str, Place]:
    """Return further places of one thing to do: ways and sides alone, and the body's height."""
    n = number
    return {
        f"way{n}": told({f"do{n}": "walk"}, f"way{n}", _AHEAD),
        f"side{n}": told({f"do{n}": "turn"}, f"way{n}", _SIDES),
        f"body{n}": told({}, f"posture{n}", {
            "low": listed(
                """
                a low body, your body low, a lowered body, your belly low, bent legs,
                your back low, bent knees
                """
            ),
            "high": listed(
                """
                a high body, your body high, a raised body, straight legs, stretched legs,
                your back high
                """
            ),
        }),
    }  # fmt: skip


TRAINING = Frames(
    ("{leg0}",) * 8
    + (
        "{leg0} please", "{leg0} and stop", "{leg0} and stop", "{leg0} {then} {leg1}",
        "{leg0} {then} {leg1}", "{leg0} {then} {leg1}", "first {leg0} {then} {leg1}",
        "{leg0} {then} {leg1} {then} {leg2}", "{motion0} and {leg1}", "your task is to {leg0}",
        "{adv} {leg0}", "i want you to {leg0}",
    ),
    places={
        name: place
        for number in range(MOST_LEGS)
        for name, place in (_training_places(number) | _bodies(number)).items()
    },
    parts={
        **THING_PARTS,
        **{
            name: some
            for number in range(MOST_LEGS)
            for name, some in _training_parts(number).items()
        },
        "free": _FREE_AMOUNTS,
        "take": listed("take, take, do, make, give me, move, walk, go, travel"),
        "walking": listed("walk, go, move, run, trot, step, travel, drive, advance by, cover"),
        "turning": listed("turn, rotate, spin, swivel, twist, make, do, turn by"),
        "then": listed(
            """
            then, then, and then, after that, and after that, afterwards, next, followed by,
            and next
            """
        ),
    },
)  # fmt: skip

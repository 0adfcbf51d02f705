"""Task unload: tip the ball that rides on the back into the named bin."""

import numpy as np

from canter.datasets.language.chinese import CHINESE_PARTS
from canter.datasets.language.framing import framed, lines
from canter.datasets.language.grammar import Frames, Grammar, Words, named
from canter.datasets.language.sayings import THING_PARTS
from canter.datasets.language.things import (
    CHINESE_COLOURS,
    COLOUR_NAMES,
    colour_place,
    listed,
)

SEEN: tuple[str, ...] = (
    "unload the ball into the {colour} bin",
    "put the ball into the {colour} bin",
    "drop the ball into the {colour} bin",
    "tip the ball into the {colour} bin",
    "carry the ball to the {colour} bin",
    "bring the ball to the {colour} bin and unload it",
    "go to the {colour} bin and drop the ball into it",
    "unload into the {colour} box",
    "let the ball roll into the {colour} box",
    "deliver the ball to the {colour} bin",
)
HELD_OUT: tuple[str, ...] = (
    "the ball belongs in the {colour} bin",
    "empty your tray into the container that is {colour}",
    "dump your load in the {colour} crate",
    "get rid of the ball where the bin is {colour}",
    "the {colour} bin is where your cargo goes",
)


def speak(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say into which bin the ball goes; needs ``colour``."""
    return framed(HELD_OUT if held_out else SEEN, rng, colour=words["colour"])


GRAMMAR = Grammar(
    name="unload",
    example="drop the ball into the red bin",
    things=(("colour", "=bin"),),
    seen=SEEN,
    held_out=HELD_OUT,
    places={"colour": colour_place()},
    speak=speak,
    answer=lambda _, names: f"I tip the ball from my back into the {names[0]}",
)

TRAINING = Frames(
    SEEN
    + lines(
        """
        {drop} {load} {into} {b}
        {drop} {load} {into} {b}
        {drop} {load} {into} {b}
        {drop} {load} {into} {b}
        {drop} {load} {into} {b}
        {drop} {load} {into} {b}
        {adv} {drop} {load} {into} {b}
        {drop} {load} {adv} {into} {b}
        {drop} it {into} {b}
        {drop} {into} {b}
        {unload} {into} {b}
        {unload} {into} {b}
        {unload} {into} {b}
        {bring} {load} {to} {b}
        {bring} {load} {to} {b}
        {bring} {load} {to} {b} and {drop} it
        {bring} {load} {to} {b} and {drop} it in
        {bring} {load} {to} {b} and {unload}
        {bring} {load} {to} {b} and let it {fall}
        {motion} {towards} {b} and {drop} {load}
        {motion} {towards} {b} and {drop} {load} in
        {motion} {towards} {b} and {drop} {load} {into} it
        {motion} {towards} {b} and {unload}
        {motion} {towards} {b} with {load}
        {reach} {b} and {drop} {load}
        {reach} {b} and {unload}
        find {b} and {drop} {load} {into} it
        let {load} {fall} {into} {b}
        let {load} {fall} {into} {b}
        make {load} {fall} {into} {b}
        {load} {goes} {into} {b}
        {load} {goes} {into} {b}
        {load} {goes} {into} {b}
        {load} is for {b}
        {load} {into} {b}
        {into} {b} {drop} {load}
        {into} {b} with {load}
        {b} is {aim}
        {b} is {aim}
        {b} wants {load}
        {b} is empty {drop} {load} {into} it
        {aim} is {b}
        there is {b} {drop} {load} {into} it
        do you see {b} {drop} {load} {into} it
        see {b} {drop} {load} {into} it
        get rid of {load} {into} {b}
        get rid of {load} at {b}
        i want {load} {into} {b}
        i want to see {load} {into} {b}
        fill {b} with {load}
        feed {b} with {load}
        give {b} {load}
        give {load} to {b}
        hand {load} to {b}
        """
    ),
    places={"colour": named("colour", COLOUR_NAMES)},
    parts={
        **THING_PARTS,
        "b": ("{det} {bin}",),
        "bin": (
            "{colour} {vessel}", "{colour} {vessel}", "{colour} {vessel}", "{colour} {vessel}",
            "{adj} {colour} {vessel}", "{vessel} {that} {colour}", "{colour} {coloured} {vessel}",
            "{colour} one", "{vessel} of {colour} colour",
        ),
        "vessel": listed(
            """
            bin, bin, bin, bin, box, container, basket, bucket, crate, tub, trash can, dustbin,
            garbage can, waste bin, rubbish bin, trash bin, trash, garbage, pail, tray, chest,
            case, pot, bowl, vessel, hamper, carton, barrel, tank, receptacle, litter bin,
            waste basket, recycling bin, collection box, can, skip, drawer, pit, trough, holder,
            cart
            """
        ),
        "load": listed(
            """
            the ball, the ball, the ball, the ball, your ball, that ball, a ball, your load,
            your cargo, the load, the cargo, what you carry, what is on your back,
            the thing on your back, the ball on your back, the ball in your tray,
            what you are carrying, your freight, the payload, your payload, the parcel,
            the package, the little ball, the orange ball, the ball you carry,
            the thing you carry, what's in your tray, the contents of your tray, your tray,
            the tray, your burden, the delivery, the goods, this ball, my ball, your back,
            the ball that you carry, what lies on your back, the stuff on your back, your package
            """
        ),
        "drop": listed(
            """
            drop, drop, put, tip, dump, throw, toss, place, pour, lay, chuck, roll, deposit,
            unload, discharge, empty, spill, set, let go of, release, slide, lose, shake,
            deliver, leave, drop off, offload, ditch, discard, throw away, bin, sling, jettison,
            let drop, stow, put down, let fall, transfer, store, insert, plop, launch, fling,
            abandon, lob, shed, dispose of, eject, return
            """
        ),
        "unload": listed(
            """
            unload, unload, empty yourself, unload yourself, tip your tray, empty your tray,
            unload your back, empty your back, tip, dump, lean over, tilt your back, offload,
            get unloaded, unload your ball, unload the ball, tilt your tray, make a delivery
            """
        ),
        "into": listed("into, into, in, in, inside, to, over, at, into, within"),
        "bring": listed(
            """
            bring, bring, carry, take, deliver, transport, move, haul, ferry, get, convey, ship,
            send, fetch, lug, cart, drive, walk, run, return, pass
            """
        ),
        "to": listed("to, to, to, over to, towards, as far as, up to, right to"),
        "fall": listed(
            """
            fall, roll, drop, slide, go, tumble, roll off, fall off, slide off, plop, land, slip,
            end up
            """
        ),
        "goes": listed(
            """
            goes, belongs, has to go, must go, should go, should be, must end up, should land,
            is to be put, needs to be, needs to go, ought to be, shall be dropped,
            has to be tipped, should be dropped, is meant to go, must be dropped, has its place,
            should end up, must land, gets thrown
            """
        ),
        "aim": listed(
            """
            where the ball goes, where the ball belongs, where your load belongs, for the ball,
            the place for the ball, where you unload, where you drop the ball,
            where it should land, the right one for the ball, where the ball should be,
            the destination of the ball
            """
        ),
    },
)  # fmt: skip
CHINESE = Frames(
    lines(
        """
        {请}把{球}{放}{箱}{吧}
        {请}把{球}{放}{箱}{吧}
        {请}把{球}{放}{箱}{吧}
        {请}把{球}{放}{箱}{里}{吧}
        {请}把{球}{放}{箱}{里}{吧}
        {请}把{球}{放}{箱}{里}{吧}
        {请}把{球}{放}{箱}{里}{吧}
        {请}把{球}送到{箱}{处}{吧}
        {请}将{球}{放}{箱}{里}{吧}
        {请}让{球}{滚}{箱}{里}{吧}
        {请}到{箱}{处}把{球}{卸}下{吧}
        {请}到{箱}{处}卸货{吧}
        {请}在{箱}{处}卸{球}{吧}
        {请}往{箱}{里}{倒}{球}
        {球}{放}{箱}{里}
        {球}属于{箱}
        {箱}是放{球}的地方
        """
    ),
    places={"colour": named("colour", CHINESE_COLOURS)},
    parts={
        **CHINESE_PARTS,
        "球": listed(
            """
            球, 小球, 你的球, 背上的球, 货物, 背上的东西, 托盘里的球, 你背上的球, 那个球, 货,
            东西, 身上的球, 你驮的球
            """
        ),
        "放": listed(
            """
            放进, 放到, 放入, 丢进, 扔进, 倒进, 倒入, 倒到, 投进, 卸到, 卸进, 送进, 扔到, 丢到,
            抛进, 装进, 搁到, 投入, 卸入, 放在, 运到, 滚进
            """
        ),
        "箱": (
            "{colour}{桶}", "{colour}的{桶}", "{colour}的{桶}", "{colour}的{桶}",
            "那个{colour}的{桶}", "{colour}那个{桶}",
        ),
        "桶": listed(
            """
            箱子, 桶, 垃圾桶, 筐, 盒子, 箱, 篮子, 筐子, 容器, 垃圾箱, 桶子, 收纳箱, 框, 水桶, 盆,
            篓子, 槽
            """
        ),
        "里": listed("里, 里面, 中, 内, 里边, 里去, 里头"),
        "滚": listed("滚进, 滚到, 掉进, 落进, 滑进, 落入, 掉到, 滚入"),
        "卸": listed("卸, 放, 倒, 丢"),
        "倒": listed("倒, 放, 扔, 丢, 投"),
    },
)  # fmt: skip

"""Why a sentence is refused, and the nearest thing that the robot can do."""

import unicodedata
from collections.abc import Sequence

from canter.control.errors import InstructionError
from canter.datasets.language.others import FORBIDDING
from canter.datasets.language.reader import Reading
from canter.datasets.language.tasks import grammar, task_names
from canter.datasets.language.things import listed

LEAST_NEAR = 0.1
"""Probability below which no task is near, and the plainest is named."""
SHOWN = 60
"""Characters of a sentence that a refusal repeats."""


def _words(text: str) -> frozenset[str]:
    return frozenset(listed(text))


FOREIGN: dict[str, frozenset[str]] = {
    "German": _words(
        """
        der, die, das, dem, den, zum, zur, geh, gehe, gehen, bitte, nach, links, rechts, und,
        ein, eine, einen, dann, mir, unter, durch, vor, roten, rote, rot, blauen, blaue, gelben,
        grünen, lauf, laufe, folge, dreh, dich, bleib, ich, du, nicht
        """
    ),
    "French": _words(
        """
        le, la, les, une, du, au, aux, va, vas, vers, aller, allez, rouge, bleu, bleue, vert,
        verte, jaune, noir, noire, et, puis, sous, dans, suis, suivez, marche, tourne, droite,
        gauche, s'il, vous, plaît, je, tu, ne, pas, avance, balle, boule
        """
    ),
    "Spanish": _words(
        """
        el, la, los, las, una, un, al, del, ve, vete, hacia, ir, rojo, roja, azul, verde,
        amarillo, amarilla, negro, negra, y, luego, por, favor, pelota, bola, sigue, camina,
        gira, derecha, izquierda, debajo, bajo, cubo, caja, yo, tú, no, ponte
        """
    ),
    "Italian": _words(
        """
        il, lo, la, gli, le, un, una, al, alla, vai, vieni, verso, rosso, rossa, blu, verde,
        giallo, gialla, nero, nera, e, poi, per, favore, palla, segui, cammina, gira, destra,
        sinistra, sotto, cubo, scatola, io, tu, non
        """
    ),
    "Portuguese": _words(
        """
        o, os, as, uma, um, ao, à, vá, vai, para, vermelho, vermelha, azul, verde, amarelo,
        amarela, preto, preta, e, depois, por, favor, bola, siga, ande, vire, direita, esquerda,
        embaixo, cubo, caixa, eu, não
        """
    ),
    "Dutch": _words(
        """
        de, het, een, ga, naar, loop, rode, blauwe, gele, groene, zwarte, en, dan, onder, door,
        volg, draai, links, rechts, alsjeblieft, bal, doos, ik, jij, niet
        """
    ),
}  # fmt: skip
"""Small words by language; some are English too, so several must agree."""
AWAY = ("away from", "keep off", "stay off", "stay clear of", "leave alone")
"""Wherever these stand, the robot is not to go there."""
LEAST_FOREIGN = 2
_ENGLISH = _words(
    """
    the, a, to, and, of, go, walk, move, turn, is, it, that, you, please, in, on, at, for, under,
    through, between, ball, cube, with, not, no, or, one, red, blue, green, yellow, white, black,
    can, could, would, as, your, my, me, up, down, left, right
    """
)


def check_language(tokens: Sequence[str]) -> None:
    """Refuse a sentence in another language than English or Chinese.

    Raises:
        InstructionError: its script or its small words are of another language.
    """
    for token in tokens:
        for letter in token:
            script = unicodedata.name(letter, "").split(" ")[0]
            if letter.isalpha() and script not in ("LATIN", "CJK", "MASCULINE", "FEMININE"):
                raise InstructionError(
                    f"The word {token!r} is {script.title()}: the robot understands English and "
                    "Chinese alone; say 'go to the red ball' or '去红球那里'."
                )
    english = sum(token in _ENGLISH for token in tokens)
    counts = {name: sum(t in some for t in tokens) for name, some in FOREIGN.items()}
    name = max(counts, key=lambda one: counts[one])
    if counts[name] >= LEAST_FOREIGN and counts[name] > english:
        raise InstructionError(
            f"This seems to be {name}: the robot understands English and Chinese alone; say "
            "'go to the red ball' or '去红球那里'."
        )


def only_forbids(tokens: Sequence[str], reading: Reading) -> bool:
    """Tell whether a sentence that was read as a task says what not to do and nothing else.

    The network reads most such sentences as what they are; this catches the others, for a wish
    that is turned round is worse than one that is refused.
    """
    if reading.meaning == "go_avoid":
        return False
    text = f" {' '.join(tokens)} "
    if any(f" {phrase} " in text for phrase in AWAY):
        return True
    forbids = any(text.startswith(f" {phrase} ") for phrase in FORBIDDING)
    contrast = any(one.place.startswith("not_") for one in reading.named)
    return forbids and not contrast and reading.meaning != "follow"


def refusal(reading: Reading, text: str) -> InstructionError:
    """Return why a sentence asks for nothing that the robot can do."""
    if reading.meaning == "negated" or reading.meaning in task_names():
        return InstructionError(
            f"{_shown(text)} says what not to do: say what to do instead, such as "
            f"{_nearest(reading)}."
        )
    if reading.meaning == "contradictory":
        return InstructionError(
            f"{_shown(text)} asks for things that exclude each other: say one of them, such as "
            f"{_nearest(reading)}."
        )
    return InstructionError(
        f"{_shown(text)} asks for nothing that the robot can do; the nearest thing that it can do "
        f"is {_nearest(reading)}."
    )


def unsure(reading: Reading, text: str) -> InstructionError:
    """Return the refusal of a sentence that may mean several things."""
    return InstructionError(
        f"It is not clear what {_shown(text)} asks for ({reading.confidence:.0%} sure): say it in "
        f"other words, such as {_nearest(reading)}."
    )


def unclear(reading: Reading, text: str, reason: str) -> InstructionError:
    """Return the refusal of a sentence that asks for a task but not well enough."""
    return InstructionError(f"{_shown(text)}: {reason}; for example {_nearest(reading)}.")


def _shown(text: str) -> str:
    return f"'{text[:SHOWN]}{'...' if len(text) > SHOWN else ''}'"


def _nearest(reading: Reading) -> str:
    task = max(task_names(), key=lambda name: reading.probabilities[name])
    if reading.probabilities[task] < LEAST_NEAR:
        task = "go_to"
    return f"'{grammar(task).example}'"

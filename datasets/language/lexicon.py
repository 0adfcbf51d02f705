"""The words for the colours and shapes that a target can have.

Every colour and shape has its canonical name, synonyms that training instructions use, and
held-out synonyms that appear in the split ``unseen_instruction`` alone. The held-out words were
chosen before any model was trained. No word belongs to two concepts: words that people use for
two colours (turquoise, amber, magenta) or two shapes (column, bar) are in neither list.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Entry:
    """The words for one colour or one shape; a synonym may be a phrase ("tin can").

    Attributes:
        training: what seen instructions may say; the canonical name comes first.
        held_out: what only unseen instructions may say.
    """

    training: tuple[str, ...]
    held_out: tuple[str, ...]

    @property
    def canonical(self) -> str:
        """The name that `canter.control.vocab` uses."""
        return self.training[0]

    @property
    def synonyms(self) -> tuple[str, ...]:
        """Every word or phrase for this concept."""
        return self.training + self.held_out


def _listed(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(","))


def _entry(name: str, *training: str, held_out: str) -> Entry:
    return Entry((name, *(word for line in training for word in _listed(line))), _listed(held_out))


def _lexicon(*entries: Entry) -> Mapping[str, Entry]:
    return MappingProxyType({entry.canonical: entry for entry in entries})


COLOUR_WORDS: Mapping[str, Entry] = _lexicon(
    _entry(
        "red",
        "crimson, ruby, cherry, maroon, vermilion, carmine, reddish, poppy, tomato, garnet",
        "cranberry",
        held_out="scarlet, burgundy, strawberry",
    ),
    _entry(
        "orange",
        "tangerine, carrot, mandarin, clementine, orangey, orangish, marmalade, satsuma",
        "cantaloupe, nectarine, papaya",
        held_out="pumpkin, apricot, ginger",
    ),
    _entry(
        "yellow",
        "lemon, gold, golden, banana, sunflower, buttercup, yellowish, straw, custard, corn",
        "butter, dandelion",
        held_out="canary, mustard, daffodil",
    ),
    _entry(
        "green",
        "olive, lime, jade, mint, avocado, fern, shamrock, grassy, leafy, cucumber, spinach",
        "greenish",
        held_out="emerald, mossy, pistachio",
    ),
    _entry(
        "blue",
        "navy, cobalt, cerulean, denim, bluish, blueberry, sky, bluebell, cornflower, ocean",
        "lapis",
        held_out="azure, sapphire, ultramarine",
    ),
    _entry(
        "purple",
        "lilac, lavender, mauve, aubergine, eggplant, grape, orchid, mulberry, purplish",
        "wisteria, heliotrope",
        held_out="violet, plum, amethyst",
    ),
    _entry(
        "white",
        "snowy, snow, pearl, pearly, chalky, whitish, porcelain, bleached, cotton, vanilla",
        "frosty, eggshell",
        held_out="ivory, milky, alabaster",
    ),
    _entry(
        "black",
        "jet, coal, onyx, obsidian, charcoal, inky, blackish, tar, pitch, licorice, sable",
        "asphalt",
        held_out="ebony, raven, sooty",
    ),
)

SHAPE_WORDS: Mapping[str, Entry] = _lexicon(
    _entry(
        "ball",
        "sphere, football, basketball, soccer ball, baseball, cannonball, bubble, pellet",
        "balloon, tennis ball",
        held_out="orb, globe, volleyball",
    ),
    _entry(
        "cube",
        "box, block, package, parcel, chest, cuboid, brick, square box, cardboard box",
        "hexahedron",
        held_out="crate, carton, dice",
    ),
    _entry(
        "cylinder",
        "can, drum, tin, keg, tin can, soup can, oil drum, tube, cask, jar, tub, tumbler",
        held_out="barrel, canister, bucket",
    ),
    _entry(
        "cone",
        "traffic cone, pylon, spire, wigwam, steeple, party hat, cornet, road cone, witch",
        "hat, volcano",
        held_out="dunce cap, funnel, teepee",
    ),
    _entry(
        "pole",
        "post, stick, staff, stake, flagpole, lamppost, broomstick, spear, cane, baton",
        "lance, telegraph pole",
        held_out="rod, pillar, mast",
    ),
    _entry(
        "cross",
        "jack, crosspiece, crossbeam, saltire, rood, caltrop, asterisk, x shape, crossbars",
        "tank trap",
        held_out="plus sign, crucifix, crosshair",
    ),
)

GENERIC_NOUNS: tuple[str, ...] = ("thing", "object", "item", "one")
"""What stands for the shape where only the colour is meant ("the red thing")."""


def concepts(lexicon: Mapping[str, Entry]) -> dict[str, str]:
    """Map every synonym, held-out ones too, to the canonical name it stands for."""
    return {word: name for name, entry in lexicon.items() for word in entry.synonyms}

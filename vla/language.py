"""From the vector of an instruction to what vision looks for and what the backbone is told.

What the words name is told as two codes of a referent, one of its colour and one of its kind, so
that vision can look for each alone and pairs that training never showed still compose (own
design). A letter or digit is told by a small picture of it, not by its number.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from canter.vla.config import VlaConfig
from canter.vla.instruction import MOST_LEGS, MOST_REFERENTS, REFERENT, InstructionCode


class Referents(NamedTuple):
    """Codes of M things that the words name.

    Attributes:
        colour: code of the colour, (N, M, slot).
        kind: code of the kind, (N, M, slot).
        named: 1 where the words name such a thing, else 0, (N, M).
    """

    colour: Tensor
    kind: Tensor
    named: Tensor


class Instruction(NamedTuple):
    """An encoded instruction.

    Attributes:
        referents: what it names.
        context: code of the whole, (N, context).
        legs: what the body is told to do, as it was told, (N, MOST_LEGS, LEG.size).
    """

    referents: Referents
    context: Tensor
    legs: Tensor


class ReferentEncoder(nn.Module):
    """Encodes what is named.

    Args:
        config: sizes.
        sign_size: numbers in the picture of a letter or digit.
    """

    def __init__(self, config: VlaConfig, sign_size: int) -> None:
        super().__init__()
        slot, any_of_them = config.slot_width, 1
        self.colour = nn.Linear(REFERENT.widths["colour"] + any_of_them, slot)
        self.kind = nn.Linear(REFERENT.widths["kind"] + any_of_them, slot)
        self.sign = nn.Sequential(
            nn.Linear(sign_size, 2 * slot), nn.GELU(), nn.Linear(2 * slot, slot, bias=False)
        )

    def forward(self, code: Tensor, signs: Tensor) -> Referents:
        """Encode codes (N, M, REFERENT.size) with the pictures of their signs (N, M, sign_size)."""
        colour, kind = (_with_any(code[..., REFERENT[name]]) for name in ("colour", "kind"))
        printed = (signs.amax(-1, keepdim=True) > 0).to(code.dtype)
        looks = self.kind(kind) + printed * self.sign(signs)
        return Referents(
            _scaled(self.colour(colour)), _scaled(looks), code[..., REFERENT["named"]][..., 0]
        )


class InstructionEncoder(nn.Module):
    """Encodes the vector of `canter.vla.instruction`.

    Args:
        config: sizes.
        signs: small pictures of the letters and digits, (glyphs, sign_size); kept with the model.
    """

    def __init__(self, config: VlaConfig, signs: Tensor) -> None:
        super().__init__()
        self.layout = InstructionCode(config.tasks).layout
        self.signs: Tensor
        self.register_buffer("signs", signs.float())
        self.referents = ReferentEncoder(config, signs.shape[1])
        legs = [name for name in self.layout if name.startswith("leg")]
        self.rest = ["task", *legs]
        plain = sum(self.layout.widths[name] for name in self.rest)
        width = plain + MOST_REFERENTS * (2 * config.slot_width + 1)
        self.context = nn.Sequential(
            nn.Linear(width, 2 * config.context_width),
            nn.GELU(),
            nn.Linear(2 * config.context_width, config.context_width),
        )

    def forward(self, vector: Tensor) -> Instruction:
        """Encode vectors (N, layout.size)."""
        parts = [vector[:, self.layout[f"referent{i}"]] for i in range(MOST_REFERENTS)]
        code = torch.stack(parts, 1)
        found = self.referents(code, code[..., REFERENT["glyph"]] @ self.signs)
        named = found.named[..., None]
        slots = torch.cat([found.colour * named, found.kind * named, named], -1).flatten(1)
        plain = torch.cat([vector[:, self.layout[name]] for name in self.rest], -1)
        legs = torch.stack([vector[:, self.layout[f"leg{i}"]] for i in range(MOST_LEGS)], 1)
        return Instruction(found, self.context(torch.cat([plain, slots], -1)), legs)


def _with_any(code: Tensor) -> Tensor:
    """Append the code of "any": 1 where nothing is said."""
    return torch.cat([code, 1 - code.sum(-1, keepdim=True)], -1)


def _scaled(slot: Tensor) -> Tensor:
    """Return slots of unit variance."""
    unit: Tensor = F.normalize(slot, dim=-1)
    scaled: Tensor = unit * float(slot.shape[-1]) ** 0.5
    return scaled

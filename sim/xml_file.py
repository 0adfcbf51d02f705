"""Reading a robot's XML: every encoding that it may declare, and nothing that grows or reaches out.

Comments, processing instructions, namespaces and a DOCTYPE are passed over, as a URDF gives them no
meaning. Entities may stand for short text; one that holds others, or a file, is refused, as a few
of them make gigabytes (the "billion laughs") or read what is not the robot's.
"""

import codecs
import re
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from canter.control.errors import CanterError

MOST_BYTES = 16 << 20
MOST_BYTES_WITH_ENTITIES = 1 << 20
LONGEST_ENTITY = 100
"""Characters that an entity may stand for; with the size of the file it bounds the expansion."""
MOST_ELEMENTS = 100_000
DEEPEST = 100
"""Elements inside each other."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARED = re.compile(rb"\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_DECLARATION = re.compile(r"(\s+)<\?xml\s[^>]*\?>")
"""A declaration after white space, which readers of URDF pass over, though XML does not."""
_WIDE = re.compile("utf-?_?(16|32)|ucs|unicode", re.IGNORECASE)
_NO_FILE_ENCODINGS = ("idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7")
"""Codecs of Python that no XML file is written in."""
_LFS = b"version https://git-lfs"


class FileError(CanterError):
    """A file of a robot cannot be read: says which, why and what to do."""


def read_document(path: Path) -> Element:
    """Return the root element of an XML file.

    Raises:
        FileError: the file cannot be read, is no XML, or holds what could exhaust the machine.
    """
    data = read_file(path, MOST_BYTES, str(path))
    text = _decoded(data, path)
    try:
        return _Reader(path, len(data)).read(text)
    except expat.ExpatError as error:
        message = expat.ErrorString(error.code)
        raise FileError(
            f"{path}: broken XML at line {error.lineno}, column {error.offset}: {message}; correct "
            "it there, or export the robot again."
        ) from error


def read_file(path: Path, most: int, where: str) -> bytes:
    """Return a file's bytes.

    Args:
        path: of the file.
        most: bytes that are accepted.
        where: what needs it, for the error message.

    Raises:
        FileError: it cannot be read, is larger, or is a pointer of git LFS.
    """
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise FileError(
            f"{where}: {path} cannot be read ({error.strerror}); name a file that you may read."
        ) from error
    if len(data) > most:
        raise FileError(
            f"{where}: {path} is larger than {most >> 20} MiB; simplify it, as collisions need no "
            "detail."
        )
    if data.startswith(_LFS):
        raise FileError(
            f"{where}: {path} is a pointer of git LFS, not the file itself; fetch it: git lfs pull"
        )
    return data


def is_file(path: Path) -> bool:
    """Tell whether a file is there; a name too long for any file system names none."""
    try:
        return path.is_file()
    except OSError:
        return False


def _decoded(data: bytes, path: Path) -> str:
    mark = next((name for start, name in _MARKS if data.startswith(start)), None)
    found = _DECLARED.match(data)
    name = mark or (found[1].decode("ascii") if found else "utf-8")
    if mark is None and _WIDE.search(name):
        raise FileError(
            f"{path}: <?xml> declares the encoding {name}, but the file has one byte a character; "
            "write encoding='UTF-8' there."
        )
    try:
        if codecs.lookup(name).name in _NO_FILE_ENCODINGS:
            raise LookupError(name)
        text = data.decode(name)
    except LookupError as error:
        raise FileError(
            f"{path}: <?xml> declares the unknown encoding {name}; save the file as UTF-8."
        ) from error
    except UnicodeError as error:
        at = f"byte {error.start} " if isinstance(error, UnicodeDecodeError) else ""
        told = "declared" if found else "assumed, as <?xml> declares none"
        raise FileError(
            f"{path}: {at}is no {name}, the encoding {told}; save the file as UTF-8, or declare "
            "the encoding that it has."
        ) from error
    text = text.removeprefix("\ufeff")
    late = _DECLARATION.match(text)
    return late[1] + text[late.end() :] if late else text


class _Reader:
    """Builds the tree of one document, within bounds.

    Args:
        path: of the file, for messages.
        size: of the file, bytes.
    """

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._size = size
        self._builder = TreeBuilder()
        self._elements = 0
        self._depth = 0

    def read(self, text: str) -> Element:
        """Return the root element."""
        parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.EntityDeclHandler = self._entity
        parser.Parse(text.encode("utf-8", errors="replace"), True)
        return self._builder.close()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        self._depth += 1
        if self._elements > MOST_ELEMENTS or self._depth > DEEPEST:
            raise FileError(
                f"{self._path}: <{tag[:40]}> is one of more than {MOST_ELEMENTS} elements, or "
                f"lies more than {DEEPEST} deep; no robot needs so many: export it again."
            )
        self._builder.start(tag, attributes)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        self._builder.end(tag)

    def _entity(  # noqa: PLR0913, PLR0917  expat's arguments
        self,
        name: str,
        is_parameter: bool,
        value: str | None,
        base: str | None,
        system: str | None,
        public: str | None,
        notation: str | None,
    ) -> None:
        grows = value is None or "&" in value or "%" in value or len(value) > LONGEST_ENTITY
        if is_parameter or grows or self._size > MOST_BYTES_WITH_ENTITIES:
            raise FileError(
                f"{self._path}: <!DOCTYPE> defines the entity '{name[:40]}' by a file, by other "
                f"entities or by more than {LONGEST_ENTITY} characters; such entities can fill the "
                "memory: write their text where they stand, and delete them."
            )

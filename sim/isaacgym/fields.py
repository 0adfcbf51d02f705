"""Typed fields of the Isaac Gym structs: what is written is converted and checked at once."""

import ctypes
import math
from collections.abc import Callable
from enum import IntEnum
from typing import Any, ClassVar, Generic, Self, SupportsFloat, SupportsIndex, TypeVar, overload

from canter.sim.isaacgym.errors import GymError

T = TypeVar("T")
E = TypeVar("E", bound=IntEnum)
S = TypeVar("S", bound="Struct")


class FieldError(GymError, AttributeError):
    """A struct has no field of this name."""


class Field(Generic[T]):
    """One field of a :class:`Struct`; a data descriptor.

    Args:
        default: value in a new struct.
    """

    def __init__(self, default: T) -> None:
        self._default = default
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        """Learn the name under which the class holds this field."""
        self._name = name

    def initial(self) -> T:
        """Return the value in a new struct."""
        return self._default

    def accept(self, value: object, where: str) -> T:
        """Return the value as the field holds it.

        Args:
            value: what was assigned.
            where: name of the struct and the field, for the message.

        Raises:
            GymError: the field cannot hold the value.
        """
        raise NotImplementedError

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: "Struct", owner: type) -> T: ...
    def __get__(self, instance: "Struct | None", owner: type) -> Self | T:
        """Return the value, or the field itself when asked of the class."""
        if instance is None:
            return self
        value: T = instance.__dict__[self._name]
        return value

    def __set__(self, instance: "Struct", value: object) -> None:
        """Convert, check and keep the value."""
        where = f"{type(instance).__name__}.{self._name}"
        instance.__dict__[self._name] = self.accept(value, where)


class Number(Field[float]):
    """A number, kept as Isaac Gym keeps it, in 32 bits.

    The rounding matters: code that divides an episode's length by ``dt`` and rounds up counts one
    step more with 0.005 in 32 bits than in 64.

    Args:
        default: value in a new struct.
        nan: whether NaN may be written: in a state it may, in a parameter not.
    """

    def __init__(self, default: float = 0.0, *, nan: bool = False) -> None:
        super().__init__(to_float32(default))
        self._nan = nan

    def accept(self, value: object, where: str) -> float:
        """Return the number rounded to 32 bits; see :meth:`Field.accept`."""
        number = to_float32(scalar(value, where))
        if math.isnan(number) and not self._nan:
            raise GymError(f"{where} = NaN; a parameter must be a number: find where it is made")
        return number


class Integer(Field[int]):
    """A whole number; a float or tensor that holds one is taken, too."""

    def accept(self, value: object, where: str) -> int:
        """Return the whole number; see :meth:`Field.accept`."""
        number = scalar(value, where)
        if not number.is_integer():
            raise GymError(f"{where} = {number}; it must be a whole number")
        return int(number)


class Flag(Field[bool]):
    """True or false; a number or tensor counts as in Python."""

    def accept(self, value: object, where: str) -> bool:
        """Return the truth value; see :meth:`Field.accept`."""
        return bool(scalar(value, where))


class Text(Field[str]):
    """A string."""

    def accept(self, value: object, where: str) -> str:
        """Return the string; see :meth:`Field.accept`."""
        if not isinstance(value, str):
            raise GymError(f"{where} = {value!r}; it must be a string")
        return value


class Choice(Field[E]):
    """A member of an enumeration; its number is taken, too."""

    def accept(self, value: object, where: str) -> E:
        """Return the member; see :meth:`Field.accept`."""
        return type(self._default)(int(scalar(value, where)))


class Nested(Field[S]):
    """A struct within a struct: writing copies it, reading gives the inner one to change in place.

    Args:
        make: makes the value in a new struct.
    """

    def __init__(self, make: Callable[[], S]) -> None:
        super().__init__(make())

    def initial(self) -> S:
        """Return a copy of the default."""
        return self._default.copy()

    def accept(self, value: object, where: str) -> S:
        """Return a copy; see :meth:`Field.accept`."""
        wanted = type(self._default)
        if not isinstance(value, wanted):
            raise GymError(f"{where} = {value!r}; it must be a gymapi.{wanted.__name__}")
        return value.copy()


class Struct:
    """Base of the structs: the fields of the class and no others.

    Structs copy, compare and pickle by the values of their fields.
    """

    fields: ClassVar[dict[str, Field[Any]]] = {}
    """Fields of the class by name, those of its bases first."""

    _inner: ClassVar[tuple[str, ...]] = ()
    """Names of the fields that hold structs."""

    __hash__ = None  # type: ignore[assignment]  # mutable and compared by value

    def __init_subclass__(cls) -> None:
        """Collect the fields."""
        own = {name: field for name, field in vars(cls).items() if isinstance(field, Field)}
        cls.fields = {**cls.fields, **own}
        cls._inner = tuple(name for name, field in cls.fields.items() if isinstance(field, Nested))

    def __init__(self) -> None:
        for name, field in self.fields.items():
            self.__dict__[name] = field.initial()

    def __setattr__(self, name: str, value: object) -> None:
        """Write a field; an unknown name is refused.

        Raises:
            FieldError: the struct has no such field.
        """
        if not hasattr(getattr(type(self), name, None), "__set__"):
            fields = ", ".join(self.fields)
            raise FieldError(f"{type(self).__name__} has no field {name!r}; it has {fields}")
        object.__setattr__(self, name, value)

    def copy(self) -> Self:
        """Return an independent copy."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        for name in self._inner:
            made.__dict__[name] = self.__dict__[name].copy()
        return made

    def __copy__(self) -> Self:
        """Return an independent copy: a struct in C has no shallow one."""
        return self.copy()

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        """Return an independent copy."""
        return self.copy()

    def __eq__(self, other: object) -> bool:
        """Return whether both are of one class and equal in every field."""
        if type(other) is not type(self):
            return NotImplemented
        return self.__dict__ == other.__dict__

    def __repr__(self) -> str:
        """Return the class and its fields."""
        values = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__name__}({values})"


def scalar(value: object, where: str) -> float:
    """Return the one number in a number, an array or a tensor of any shape with one element.

    Args:
        value: the number.
        where: what takes it, for the message.

    Raises:
        GymError: it is not a number, or several.
    """
    if isinstance(value, float | int):
        return float(value)
    item = getattr(value, "item", None)
    try:
        number = item() if callable(item) else value
    except (ValueError, RuntimeError) as error:
        raise GymError(f"{where} takes one number, got {value!r}") from error
    if not isinstance(number, float | int | SupportsFloat | SupportsIndex):
        raise GymError(f"{where} takes a number, got {value!r}")
    return float(number)


def to_float32(number: float) -> float:
    """Return the nearest number of 32 bits; beyond their range, infinity."""
    return ctypes.c_float(number).value

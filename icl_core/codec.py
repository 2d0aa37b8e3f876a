"""Specs that can be written down: frozen dataclasses to JSON and URL queries and back, with a stable hash."""

from __future__ import annotations

import hashlib
import json
import math
import types
import typing
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, Field, dataclass, field, fields
from functools import cache, cached_property
from typing import Any, ClassVar, Literal, Self, Union, get_args, get_origin

from icl_core.refusal import Refusal

VERSION = 1  # raised only when a field changes meaning, so that stored models keep their hash
MAX_DEPTH = 32  # levels of fields within fields that text may have; models that were trained have 10 or so


class SpecError(Refusal):
    """A spec that makes no sense: which field, the value it was given, and what would be allowed.

    The last is a template, with the values for the places in its braces.
    """

    def __init__(self, field: str, value: object, allowed: str | Refusal, /, **places: object) -> None:
        self.field, self.value = field, value
        self.condition = allowed if isinstance(allowed, Refusal) else Refusal(allowed, **places)
        super().__init__(
            "{field} = {value}: allowed is {allowed}.",
            field=_shorten(field),
            value=_shorten(_show(value)),
            allowed=self.condition,
        )

    @property
    def allowed(self) -> str:
        """What would be allowed, in English."""
        return str(self.condition)


@contextmanager
def within(part: Spec, path: str) -> Iterator[None]:
    """A SpecError about a field of `part`, which stands at the dotted path, names the field by that path."""
    try:
        yield
    except SpecError as error:
        own = {item.name for item in fields(part)}
        if error.field.partition(".")[0] not in own:
            raise
        raise SpecError(_join(path, error.field), error.value, error.condition) from None


@dataclass(frozen=True)
class Spec:
    """Base of every spec. Fields: numbers, strings, literals, tuples, specs, and optional ones of these."""

    def to_dict(self, *, full: bool = False) -> dict[str, Any]:
        """The canonical form: plain JSON values, fields at their default left out.

        `full` leaves none out, at any depth: a record to take away, which later defaults do not change.
        """
        return {
            item.name: _encode(getattr(self, item.name), full)
            for item in fields(self)
            if full or getattr(self, item.name) != _default(item)
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], at: str = "") -> Self:
        """Inverse of `to_dict`. Raises SpecError, naming the field by its dotted path."""
        if not isinstance(data, Mapping):
            raise SpecError(at or cls.__name__, data, "an object with named fields")
        hints = _hints(cls)
        known = {item.name: item for item in fields(cls)}
        for name in data:
            if name not in known:
                raise SpecError(
                    _join(at, name), data[name], "one of {names}", names=", ".join(known) or "no fields"
                )
        for name, item in known.items():
            if name not in data and _default(item) is MISSING:
                raise SpecError(_join(at, name), None, "a value: this field has no default")
        values = {name: _decode(hints[name], value, _join(at, name)) for name, value in data.items()}
        try:
            return cls(**values)
        except SpecError as error:
            raise SpecError(_join(at, error.field), error.value, error.condition) from None

    def to_json(self, indent: int | None = None, *, full: bool = False) -> str:
        """Canonical JSON text (sorted keys, defaults left out); `full` as in `to_dict`."""
        separators = (",", ":") if indent is None else None
        return json.dumps(
            self.to_dict(full=full), sort_keys=True, indent=indent, separators=separators, allow_nan=False
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Inverse of `to_json`; omitted fields take their defaults. Raises SpecError."""
        try:
            data = json.loads(text, object_pairs_hook=distinct)
        except ValueError as error:
            raise SpecError(cls.__name__, text, "valid JSON ({error})", error=error) from None
        except RecursionError:
            raise SpecError(cls.__name__, text, "at most {most} levels of fields", most=MAX_DEPTH) from None
        return cls.from_dict(data)

    @cached_property
    def hash(self) -> str:
        """Sixteen hexadecimal digits that name this spec in stores, captions and cache keys."""
        text = f"{type(self).__name__}:{VERSION}:{self.to_json()}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def to_query(self) -> dict[str, str]:
        """Flat URL query: a dotted path for each field that is not at its default."""
        return dict(_flatten(_encode(self)))

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        """Inverse of `to_query`. Raises SpecError for an unknown or senseless parameter."""
        for path, value in query.items():
            _check_depth(path, value)
        return cls.from_dict(_unflatten(query))


class Kind(Spec):
    """A spec that is one of several alternatives, told apart in JSON by `kind`.

    A direct subclass (say, FunctionClass) is the choice; its subclasses, declared with `kind="name"`,
    are the alternatives, and those without a kind are what several alternatives share. Declaring one
    registers it; a package's `__init__` imports its alternatives.
    """

    kind: ClassVar[str]
    kinds: ClassVar[dict[str, type[Kind]]]

    def __init_subclass__(cls, kind: str | None = None, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        if Kind in cls.__bases__:
            cls.kinds = {}
        elif kind is None:
            return  # what several alternatives share
        elif cls.kinds.get(kind, cls).__qualname__ != cls.__qualname__:
            raise TypeError(f"kind {kind!r} is declared twice")
        else:
            cls.kind = kind
            cls.kinds[kind] = cls

    def to_dict(self, *, full: bool = False) -> dict[str, Any]:
        return {"kind": self.kind, **super().to_dict(full=full)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], at: str = "") -> Self:
        if not isinstance(data, Mapping):
            raise SpecError(at or cls.__name__, data, "an object with a kind")
        name = data.get("kind", cls.__dict__.get("kind"))
        if not isinstance(name, str) or name not in cls.kinds:
            raise SpecError(_join(at, "kind"), name, "one of {names}", names=", ".join(sorted(cls.kinds)))
        chosen = cls.kinds[name]
        rest = {key: value for key, value in data.items() if key != "kind"}
        return typing.cast(Self, super(Kind, chosen).from_dict(rest, at))

    @classmethod
    def default(cls, kind: str) -> Any:
        """A dataclass field whose default is the alternative `kind` with its own defaults."""
        return field(default_factory=lambda: cls.kinds[kind]())


def _show(value: object) -> str:
    try:
        return repr(value)
    except (ValueError, RecursionError):  # a number of too many digits, or a value nested too deeply
        return f"({type(value).__name__})"


def _shorten(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."


def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON. Raises ValueError for a name given twice, of which json would keep the last."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{_show(name)} stands twice in one object")
        found[name] = value
    return found


def _check_depth(at: str, value: object) -> None:
    if at.count(".") >= MAX_DEPTH:
        raise SpecError(at, value, "at most {most} levels of fields", most=MAX_DEPTH)


def _join(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


@cache
def _hints(cls: type[Spec]) -> dict[str, Any]:
    return typing.get_type_hints(cls)


@cache
def _default(item: Field[Any]) -> Any:
    """A field's default, which is frozen as its spec is."""
    return item.default if item.default_factory is MISSING else item.default_factory()


def _encode(value: Any, full: bool = False) -> Any:
    if isinstance(value, Spec):
        return value.to_dict(full=full)
    if isinstance(value, tuple):
        return [_encode(entry, full) for entry in value]
    if isinstance(value, float):  # 2 and 2.0 are equal, and so are 0.0 and -0.0: one canonical form
        return int(value) if value.is_integer() and abs(value) < 2**53 else float(value)
    return value


def _decode(hint: Any, value: Any, at: str) -> Any:
    """`value` (from JSON, or text from a URL) as the type `hint`, or a SpecError."""
    _check_depth(at, value)
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        if value is None or value == "none":
            return None
        return _decode(next(arm for arm in get_args(hint) if arm is not type(None)), value, at)
    if origin is Literal:
        if value not in get_args(hint):
            raise SpecError(at, value, "one of {names}", names=", ".join(map(str, get_args(hint))))
        return value
    if origin is tuple:
        if isinstance(value, str):  # a URL carries numbers as one text
            value = value.split()
        if not isinstance(value, list | tuple):
            raise SpecError(at, value, "a list")
        return tuple(
            _decode(get_args(hint)[0], entry, f"{at}.{position}") for position, entry in enumerate(value)
        )
    if isinstance(hint, type) and issubclass(hint, Spec):
        if isinstance(value, str):  # a URL carries the kind alone, or a spec that is all defaults
            value = {} if value == "default" else {"kind": value}
        return hint.from_dict(value, at)
    return _SCALARS[hint](value, at)


def _is_number(value: Any) -> bool:
    """Whether it may stand for a number: no truth value, and no text as Python alone reads it (1_0, ٣)."""
    if isinstance(value, str):
        return value.isascii() and "_" not in value
    return not isinstance(value, bool)


def _boolean(value: Any, at: str) -> bool:
    if value in (True, False):
        return bool(value)
    if value in ("true", "false"):
        return value == "true"
    raise SpecError(at, value, "true or false")


def _integer(value: Any, at: str) -> int:
    try:
        if not _is_number(value) or int(value) != float(value):
            raise ValueError
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise SpecError(at, value, "a whole number") from None


def _number(value: Any, at: str) -> float:
    try:
        number = float(value) if _is_number(value) else math.nan
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise SpecError(at, value, "a finite number")
    return number


def _text(value: Any, at: str) -> str:
    if not isinstance(value, str):
        raise SpecError(at, value, "a text")
    return value


_SCALARS = {bool: _boolean, int: _integer, float: _number, str: _text}


def _flatten(value: Any, at: str = "") -> list[tuple[str, str]]:
    """Leaves of a JSON value with dotted paths; a kind stands at its own path, a number list is one value."""
    if isinstance(value, Mapping):
        leaves = [(at, "default")] if at and not value else []
        for key, entry in value.items():
            leaves += [(at, entry)] if key == "kind" and at else _flatten(entry, _join(at, key))
        return leaves
    if isinstance(value, list):
        if value and all(isinstance(entry, int | float) for entry in value):
            return [(at, " ".join(map(repr, value)))]
        return [leaf for position, entry in enumerate(value) for leaf in _flatten(entry, f"{at}.{position}")]
    if isinstance(value, bool):
        return [(at, str(value).lower())]
    return [(at, "none" if value is None else value if isinstance(value, str) else repr(value))]


def _unflatten(query: Mapping[str, str], at: str = "") -> Any:
    """Inverse of `_flatten`. Raises SpecError for paths that no value has."""
    children: dict[str, dict[str, str]] = {}
    own: dict[str, Any] = {}
    for path, value in query.items():
        head, _, rest = path.partition(".")
        if rest:
            children.setdefault(head, {})[rest] = value
        else:
            own[head] = value
    for head, below in children.items():
        inner, path = _unflatten(below, _join(at, head)), _join(at, head)
        if head in own and isinstance(inner, list):
            raise SpecError(path, own[head], "either a value or a numbered list, not both")
        own[head] = {"kind": own[head], **inner} if head in own else inner
    if own and all(key.isdecimal() for key in own):
        positions = [str(position) for position in range(len(own))]
        if set(own) != set(positions):
            raise SpecError(at, ", ".join(sorted(own)), "a list numbered 0, 1, 2, ...")
        return [own[position] for position in positions]
    return own

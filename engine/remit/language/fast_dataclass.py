"""``@dataclass(slots=True)``, frozen or not, made in a tenth of the time: a counter command must not wait for classes.

The standard library writes and compiles up to six methods for each class when a module is loaded. The hundred or so classes
of a policy and its language would cost a third of the time in which ``remit ask`` has to answer. Here ``__init__`` is compiled
when the first instance is made, and the other methods are shared. For type checkers it is the standard decorator, and
``dataclasses.fields``, ``replace`` and ``match`` work as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, FrozenInstanceError, fields
from functools import cache
from inspect import get_annotations
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dataclasses import dataclass as _standard

    def dataclass(*, slots: bool, frozen: bool = False, **more: Any) -> Callable[[type], type]:
        """As :func:`dataclasses.dataclass`, for classes with slots (``kw_only`` and ``eq=False`` may be added).

        >>> @dataclass(frozen=True, slots=True)
        ... class Point:
        ...     x: int
        ...     y: int = 0
        >>> Point(1), Point(1, y=2) == Point(1, 2), hash(Point(1)) == hash(Point(1))
        (Point(x=1, y=0), True, True)
        >>> Point(1).x = 3
        Traceback (most recent call last):
        dataclasses.FrozenInstanceError: cannot assign to field 'x'
        """
        if not slots:
            raise TypeError("only classes with slots are made here; use `dataclasses.dataclass`")
        methods = _SHARED | (_FROZEN if frozen else {})
        if more.pop("eq", True):
            methods |= {"__eq__": _eq, "__hash__": _hash if frozen else None}

        def wrap(cls: type) -> type:
            written = set(cls.__dict__)
            cls.__doc__ = cls.__doc__ or cls.__name__  # or else the library reads the signature, which takes it 5 ms
            # The library looks in the text of each annotation for what is special, three times: it is shown none.
            texts = get_annotations(cls)
            ordinary = all(isinstance(text, str) and not text.startswith(_SPECIAL) for text in texts.values())
            if ordinary:
                cls.__annotations__ = dict.fromkeys(texts, object)
            made = _standard(init=False, repr=False, eq=False, slots=True, **more)(cls)
            if ordinary:
                made.__annotations__ = texts
                for name, text in texts.items():
                    made.__dataclass_fields__[name].type = text
            for name, method in {**methods, "__init__": _first_init(made)}.items():
                if name not in written:
                    setattr(made, name, method)
            return made

        return wrap


__all__ = ["dataclass"]


def _first_init(cls: type) -> Callable[..., None]:
    """The constructor until there is one: writes it, puts it in place, and goes on with it."""

    def __init__(self: Any, /, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - it becomes one
        init = _written_init(cls)
        setattr(cls, "__init__", init)  # noqa: B010 - mypy takes the plain form for an assignment to a method
        init(self, *args, **kwargs)

    return __init__


def _written_init(cls: Any) -> Callable[..., None]:
    """``__init__`` with real parameters. Only names of fields, which Python itself has read as names, become code."""
    known: dict[str, Any] = {"MISSING": MISSING}
    positional, by_name = ["self"], list[str]()
    body = []
    frozen = cls.__setattr__ is _frozen_set
    for field in fields(cls):
        if not field.init and field.default is MISSING and field.default_factory is MISSING:
            continue  # `__post_init__` sets it
        if frozen:
            known[f"__set_{field.name}"] = getattr(cls, field.name).__set__
        value = field.name
        if field.default_factory is not MISSING:
            known[f"__new_{field.name}"] = field.default_factory
            value = f"__new_{field.name}() if {field.name} is MISSING else {field.name}"
        if field.init:
            (by_name if field.kw_only else positional).append(_parameter(field, known))
        else:
            known[f"__default_{field.name}"] = field.default
            value = f"__new_{field.name}()" if field.default_factory is not MISSING else f"__default_{field.name}"
        body.append(f"    __set_{field.name}(self, {value})" if frozen else f"    self.{field.name} = {value}")
    if hasattr(cls, "__post_init__"):
        body.append("    self.__post_init__()")
    star = ["*"] if by_name else []
    code = "\n".join((f"def __init__({', '.join((*positional, *star, *by_name))}):", *(body or ["    pass"])))
    exec(code, known)
    init: Callable[..., None] = known["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


def _parameter(field: Field[Any], known: dict[str, Any]) -> str:
    if field.default_factory is not MISSING:
        return f"{field.name}=MISSING"
    if field.default is MISSING:
        return field.name
    known[f"__default_{field.name}"] = field.default
    return f"{field.name}=__default_{field.name}"


_keys: dict[type, Callable[[Any], Any]] = {}


def _key(record: Any) -> Any:
    """The values that make two records the same."""
    cls = record.__class__
    key = _keys.get(cls)
    if key is None:
        names = [field.name for field in fields(cls) if field.compare]
        key = _keys[cls] = attrgetter(*names) if names else lambda _: ()
    return key(record)


def _eq(self: Any, other: object) -> Any:
    if self is other:
        return True
    return _key(self) == _key(other) if other.__class__ is self.__class__ else NotImplemented


def _hash(self: Any) -> int:
    return hash((self.__class__, _key(self)))


def _repr(self: Any) -> str:
    shown = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in fields(self) if field.repr)
    return f"{self.__class__.__qualname__}({shown})"


def _frozen_set(self: Any, name: str, value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _frozen_delete(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _reduce(self: Any) -> tuple[Any, ...]:
    return _rebuilt, (self.__class__, tuple(getattr(self, name) for name in _names(self.__class__)))


def _rebuilt(cls: Any, values: Iterable[Any]) -> Any:
    """What was pickled or copied, without running its constructor."""
    record = object.__new__(cls)
    for name, value in zip(_names(cls), values, strict=True):
        object.__setattr__(record, name, value)
    return record


@cache
def _names(cls: Any) -> tuple[str, ...]:
    """Those of its fields."""
    return tuple(field.name for field in fields(cls))


#: What annotations begin with that are not plainly those of a field.
_SPECIAL = ("ClassVar", "InitVar", "KW_ONLY", "typing.", "dataclasses.")
_SHARED = {"__repr__": _repr, "__reduce__": _reduce}
_FROZEN = {"__setattr__": _frozen_set, "__delattr__": _frozen_delete}

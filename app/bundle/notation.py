"""YAML read by libyaml, some fifteen times faster than by ruamel.yaml, with the line of each part."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import yaml  # type: ignore[import-untyped]
from yaml import events as on

from app.suggest import shown

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_MAX_DEPTH = 50
_UNCOMMON = re.compile("[\t\x85\u2028\u2029\ufeff]")
"""Characters that libyaml and ruamel.yaml read differently."""
_CONSTANTS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_SPECIAL = re.compile(r"[-+]?(0[box]?[0-9a-f_]+|[0-9_]*\.?[0-9_]*(e[-+]?[0-9]+)?|\.inf|\.nan)|=|<<", re.IGNORECASE)
"""Plain scalars that may be a number in another notation, or a merge key."""

_CUT = re.compile(r"[ \t]#\w")


class Uncommon(ValueError):
    """Raised for YAML that is wrong, or that an analysis has no use for; ruamel.yaml decides which."""


class RepeatedKey(Uncommon):
    """Raised for a key that a mapping has twice, with the line of the second."""

    def __init__(self, key: Any, first: int, line: int) -> None:
        self.line = line
        super().__init__(f"'{shown(key)}' is also a key on line {first}; write one list or value for both")


class Mapping(dict[Any, Any]):
    """A mapping, with the line of each key."""

    def __init__(self) -> None:
        self.lines: dict[Any, int] = {}


class Sequence(list[Any]):
    """A sequence, with the line of each item."""

    def __init__(self) -> None:
        self.lines: list[int] = []


def parse(content: str) -> Any:
    """The value of a YAML document, equal to what ruamel.yaml reads. Raises Uncommon or RepeatedKey."""
    if _UNCOMMON.search(content):
        raise Uncommon
    try:
        events = yaml.parse(content, Loader=_LOADER)
        next(events)  # the start of the stream
        document = next(events)
        if not isinstance(document, on.DocumentStartEvent) or document.version or document.tags:
            raise Uncommon
        value = _value(next(events), events, 0)
        if not isinstance(next(events), on.DocumentEndEvent) or not isinstance(next(events), on.StreamEndEvent):
            raise Uncommon
    except yaml.YAMLError as error:
        raise Uncommon from error
    return value


def cut_short(content: str) -> Iterator[tuple[int, str]]:
    """The values without quotes that ` #` ends although no space follows it, as in `berth #4`, with their lines."""
    with suppress(yaml.YAMLError):
        for event in yaml.parse(content, Loader=_LOADER) if _CUT.search(content) else ():
            if isinstance(event, on.ScalarEvent) and event.implicit[0] and _CUT.match(content, event.end_mark.index):
                yield event.end_mark.line + 1, event.value


def _value(event: Any, events: Iterator[Any], depth: int) -> Any:
    if isinstance(event, on.AliasEvent) or event.anchor or event.tag or depth > _MAX_DEPTH:
        raise Uncommon
    if isinstance(event, on.ScalarEvent):
        return _scalar(event.value) if event.implicit[0] else event.value
    if isinstance(event, on.SequenceStartEvent):
        items = Sequence()
        while not isinstance(item := next(events), on.SequenceEndEvent):
            items.lines.append(item.start_mark.line + 1)
            items.append(_value(item, events, depth + 1))
        return items
    found = Mapping()
    while not isinstance(name := next(events), on.MappingEndEvent):
        if not isinstance(name, on.ScalarEvent):
            raise Uncommon
        if (key := _value(name, events, depth)) in found:
            raise RepeatedKey(key, found.lines[key], name.start_mark.line + 1)
        found.lines[key] = name.start_mark.line + 1
        found[key] = _value(next(events), events, depth + 1)
    return found


def _scalar(value: str) -> Any:
    """The value of a scalar without quotes, by the core schema of YAML 1.2. A date is a string."""
    if value in _CONSTANTS:
        return _CONSTANTS[value]
    if _INTEGER.fullmatch(value):
        return int(value)
    if _SPECIAL.fullmatch(value):
        raise Uncommon
    return value

"""YAML read strictly, with the line of every key: no tabs, anchors, aliases, tags, null or repeated keys.

Every scalar comes back as the string that stands in the file: what `2017` or `yes` means is decided by the property
it is a value of, never by YAML.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

Plain = str | list["Plain"] | dict[str, "Plain"]
Path = tuple[str | int, ...]

_DEEPEST = 12
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class Located:
    """A YAML document as plain data, and the line (from 1) of each key and item by its path."""

    data: Plain
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """Return the line of the path, or of its nearest ancestor that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class YamlProblem(Exception):
    """What is wrong with a YAML text, at which line (from 1), and what to do."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


def read_yaml(text: str) -> Located:
    """Read one strict YAML document; raises YamlProblem."""
    located = Located({})
    try:
        events = yaml.parse(text, Loader=_LOADER)
        events = (event for event in events if not isinstance(event, _FRAME))
        located.data = _node(next(events), events, (), located.lines)
        if next(events, None) is not None:
            raise YamlProblem(1, "the file holds more than one document; keep one thing a file")
    except StopIteration:
        raise YamlProblem(1, "the file is empty; start it with `type: …`") from None
    except yaml.YAMLError as error:
        raise _problem(text, error) from None
    return located


_FRAME = yaml.StreamStartEvent | yaml.StreamEndEvent | yaml.DocumentStartEvent | yaml.DocumentEndEvent


def _node(event: yaml.Event, events: Iterator[yaml.Event], path: Path, lines: dict[Path, int]) -> Plain:
    line = _line(event)
    lines.setdefault(path, line)
    if len(path) > _DEEPEST:
        raise YamlProblem(line, f"more than {_DEEPEST} levels; no record nests so deep, check the brackets")
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise YamlProblem(line, "anchors and aliases (&, *) are not allowed; write the value out")
    if (tag := getattr(event, "tag", None)) not in (None, "!"):
        raise YamlProblem(line, f"the tag {tag} is not allowed; write the plain value")
    if isinstance(event, yaml.ScalarEvent):
        if event.value == "" and not event.style:
            raise YamlProblem(line, "a value is missing; write one or remove the key")
        return str(event.value)
    if isinstance(event, yaml.SequenceStartEvent):
        return _sequence(events, path, lines)
    return _mapping(events, path, lines)


def _sequence(events: Iterator[yaml.Event], path: Path, lines: dict[Path, int]) -> list[Plain]:
    items: list[Plain] = []
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        items.append(_node(event, events, (*path, len(items)), lines))
    return items


def _mapping(events: Iterator[yaml.Event], path: Path, lines: dict[Path, int]) -> dict[str, Plain]:
    found: dict[str, Plain] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        line = _line(event)
        if not isinstance(event, yaml.ScalarEvent):
            raise YamlProblem(line, "a key must be a plain word; check for a missing quote or brace")
        key = str(event.value)
        if key in found:
            raise YamlProblem(line, f"the key `{key}` stands twice; join the two")
        lines[(*path, key)] = line
        found[key] = _node(next(events), events, (*path, key), lines)
    return found


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _problem(text: str, error: yaml.YAMLError) -> YamlProblem:
    marks = [getattr(error, name, None) for name in ("problem_mark", "context_mark")]
    lines = [mark.line + 1 for mark in marks if mark]
    last = max(1, len(text.splitlines()))
    line = next((line for line in lines if line <= last), last if lines else 1)
    for number, content in enumerate(text.split("\n"), 1):
        if "\t" in content[: len(content) - len(content.lstrip())]:
            return YamlProblem(number, "a tab indents this line; use two spaces a level")
    what = getattr(error, "problem", None) or str(error).splitlines()[0]
    return YamlProblem(line, f"this is not YAML ({what}); check quotes, colons and indentation")

"""The canonical form of a record: keys in one order, quotes turned into selectors, one final newline.

Written by ruamel.yaml's round trip, so comments and the author's line breaks stay.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from kg.curation.forms import PassageForm, RecordForm
from kg.curation.passages import anchored

ORDER = tuple(field.alias or name for name, field in RecordForm.model_fields.items())
"""The canonical order of a record's top-level keys."""

_WIDTH = 120
_LINE = 200
_TABULAR = frozenset({"passages", "coverage", "unclaimed"})
"""Keys whose items stay a line each, however long: they read as a table."""
_STATED = "stated"


def canonical(text: str, canonical_source: str | None = None) -> str:
    """Return a record's text in canonical form; a quote is turned into a selector where the document's text is given.

    Raises ValueError for a quote that is not in that text, or stands there twice.
    """
    yaml = _yaml()
    data = yaml.load(text)
    if not isinstance(data, CommentedMap):
        return text
    if canonical_source is not None:
        _anchor(data.get("passages") or {}, canonical_source)
    ordered = _ordered(data, [*ORDER[:-1], "claims"])
    for claim in ordered.get("claims") or []:
        if isinstance(claim, CommentedMap) and _STATED in claim:
            claim.move_to_end(_STATED)
    _unfold(ordered, 0)
    out = io.StringIO()
    yaml.dump(ordered, out)
    return out.getvalue()


def fix(path: Path, canonical_source: str | None = None) -> bool:
    """Rewrite a record file in canonical form; return whether anything changed. The file is replaced whole or not at all."""
    before = path.read_text(encoding="utf-8")
    after = canonical(before, canonical_source)
    if after == before:
        return False
    draft = path.with_suffix(".yaml.new")
    draft.write_text(after, encoding="utf-8")
    draft.replace(path)
    return True


def _anchor(passages: Mapping[str, Any], source: str) -> None:
    for slug, given in passages.items():
        if "quote" not in given:
            continue
        plain = {str(key): _plain(value) for key, value in given.items()}
        try:
            form = anchored(PassageForm.model_validate(plain), source)
        except ValueError as error:
            raise ValueError(f"passage {slug}: {error}") from None
        del given["quote"]
        given["start"], given["end"], given["sha256"] = form.start, form.end, form.sha256


def _unfold(value: Any, indent: int) -> None:
    """Write flow maps and lists that would not fit on their line in block style: a wrapped one is hard to read."""
    items = value.items() if isinstance(value, CommentedMap) else enumerate(value) if isinstance(value, CommentedSeq) else ()
    if items and value.fa.flow_style() and indent + _length(value) > _WIDTH:
        value.fa.set_block_style()
    for key, item in items:
        if key in _TABULAR:
            continue
        _unfold(item, indent + 2 + (len(str(key)) + 2 if isinstance(key, str) else 2))


def _length(value: Any) -> int:
    """Return about how long a value is on one line."""
    if isinstance(value, CommentedMap):
        return sum(len(str(key)) + _length(item) + 4 for key, item in value.items())
    if isinstance(value, CommentedSeq):
        return sum(_length(item) + 2 for item in value)
    return len(str(value))


def _plain(value: Any) -> Any:
    return {str(k): str(v) for k, v in value.items()} if isinstance(value, Mapping) else value


def _ordered(data: CommentedMap, keys: list[str]) -> CommentedMap:
    """Move the known keys into their order in place, so that comments stay with their keys."""
    known = [key for key in keys if key in data]
    if [key for key in data if key in known] != known:
        for key in known:
            data.move_to_end(key)
    return data


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = _LINE
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml

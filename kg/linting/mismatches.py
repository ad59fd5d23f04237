"""Numbers, dates, titles, kinds and identifiers of one citation that do not belong together.

An act that is not known is never a finding: only what contradicts a known act is, and only where the number cannot be
another act's as well (the numbers of resolutions begin anew each year, those of laws do not within a convocation).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from kg.linking.citation import Citation
from kg.linking.identifiers import Identifier, find_identifiers
from kg.linking.numbers import number_of
from kg.linking.registry import Act, Registry
from kg.linking.shadow import Shadow
from kg.linking.titles import plain_title
from kg.linting.acts import evidence_of, named
from kg.linting.citing import Cited
from kg.linting.facts import Facts
from kg.linting.findings import Finding
from kg.linting.placed import Placed

_ORDINARY = "ZKUP"
_KINDS = {"Z": "a law", "K": "a code", "U": "a presidential decree", "P": "a government resolution"}
_BODIES = ("", "government", "president")
_LONG_TITLE, _NEAR = 3, 90
_BETWEEN = re.compile(
    r"[\s,;:()\[\]–—\-\"«»<>./_]*(?:(?:https?|www|adilet|zan|kz|rus|kaz|eng|docs?|archive|id|eli|url|identifier|идентификатор|код|эталон|см|see|қараңыз|of|the|republic|kazakhstan|рк|rk|республики|казахстан|қазақстан|республикасының?)"
    r"[\s,;:()\[\]–—\-\"«»<>./_=]*)*",
    re.IGNORECASE,
)


class Known:
    """The known acts by what a citation may say of them."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.titled: Mapping[str, list[Act]] = defaultdict(list)
        self.dated: Mapping[str, list[Act]] = defaultdict(list)
        for act in registry.acts:
            for title in act.titles:
                self.titled[title].append(act)
            if act.day.whole:
                self.dated[str(act.day)].append(act)


def mismatch_findings(text: str, items: Sequence[Cited], known: Known, facts: Facts) -> Iterator[Finding]:
    """Yield the citations whose parts contradict each other, with the act that is likely meant."""
    for item in items:
        citation = item.citation
        if citation is None or not _plain(citation):
            continue
        problem = _dated(citation, known, facts) or _titled(citation, known) or _kind(citation, known)
        if problem:
            yield _finding(item, *problem, facts)
    yield from _identifiers(text, items, known, facts)


def _plain(citation: Citation) -> bool:
    if citation.kind not in ("law", "code", "decree", "resolution"):
        return False
    return bool(citation.number) and citation.letter in _ORDINARY and citation.issuer in _BODIES and not citation.code


_Problem = tuple[Act, str]


def _dated(citation: Citation, known: Known, facts: Facts) -> _Problem | None:
    """Return the act whose number it is, and which has another date."""
    assert citation.number
    if not citation.day.year:
        return None
    acts = [act for letter in _letters(citation) for act in known.registry.numbered(letter, citation.number.bare)]
    session = _session_of(citation)
    if any(act.day.agrees(citation.day) and (not session or _session(act) in ("", session)) for act in acts):
        return None
    for act in acts:
        same_title = bool(citation.title) and plain_title(citation.title) in act.titles
        same_year = act.day.year == citation.day.year
        same_law = citation.number.session and act.number == citation.number.canonical
        if act.day.agrees(citation.day) and citation.day.whole and session:
            return act, f"the law of {act.day} with this number is No. {act.number}"
        if not act.day.whole or _claimed(act, citation, facts):
            continue
        if (same_year and citation.day.whole) or same_law or (same_title and citation.day.year):
            return act, f"No. {act.number} is dated {act.day}, not {_shown(citation)}"
    return None


def _titled(citation: Citation, known: Known) -> _Problem | None:
    """Return the act whose title it is, and which has another number."""
    assert citation.number
    title = plain_title(citation.title) if citation.title else ""
    if len(title.split()) < _LONG_TITLE and not (title and citation.day.whole):
        return None
    acts = [act for act in known.titled.get(title, ()) if act.number and act.letter in _letters(citation)]
    if any(number_of(act.number).bare == citation.number.bare for act in acts):
        return None
    for act in acts:
        if citation.day.whole and act.day.whole and act.day.agrees(citation.day):
            return act, f"the act of {act.day} with this title is No. {act.number}, not No. {citation.number.canonical}"
    numbered = [a for letter in _letters(citation) for a in known.registry.numbered(letter, citation.number.bare)]
    if acts and citation.day.whole and any(act.day.whole and act.day.agrees(citation.day) and act.titles for act in numbered):
        act = acts[0]
        return (
            act,
            f"the title is that of No. {act.number} of {act.day}; No. {citation.number.canonical} of {_shown(citation)} is another act",
        )
    return None


def _kind(citation: Citation, known: Known) -> _Problem | None:
    """Return the act with this very number and date that is of another kind."""
    assert citation.number
    if not citation.day.whole or len(citation.number.bare) < _LONG_TITLE:
        return None
    same = [act for act in known.dated.get(str(citation.day), ()) if act.number and number_of(act.number).bare == citation.number.bare]
    letters = _letters(citation)
    if not same or any(act.letter in letters or act.letter not in _KINDS for act in same):
        return None
    act = same[0]
    return act, f"No. {act.number} of {act.day} is {_KINDS[act.letter]}, not {_KINDS.get(citation.letter, 'another kind of act')}"


def _identifiers(text: str, items: Sequence[Cited], known: Known, facts: Facts) -> Iterator[Finding]:
    """Yield the identifiers right behind a citation, or inside of it, that are another act's."""
    shadow = Shadow(text)
    found = [(shadow.start(start), shadow.end(end), identifier) for start, end, identifier in find_identifiers(shadow.text)]
    complete = Placed(item for item in items if item.citation and item.citation.complete)
    for start, end, identifier in found:
        item = complete.before(start)
        if item is None or item.citation is None or not _plain(item.citation) or not item.citation.number:
            continue
        gap = text[item.mention.end : start] if start >= item.mention.end else ""
        if len(gap) > _NEAR or not _BETWEEN.fullmatch(gap) or not identifier.number or identifier.letter not in _letters(item.citation):
            continue
        act = known.registry.identified(identifier.text)
        if act and act.iri == item.mention.iri:
            continue
        if identifier.year == item.citation.day.year and identifier.number == _digits(item.citation):
            continue
        yield _contradicted(text, start, end, identifier, item, known, facts)


def _contradicted(text: str, start: int, end: int, identifier: Identifier, item: Cited, known: Known, facts: Facts) -> Finding:
    cited = next((act for act in known.registry.acts if act.iri == item.mention.iri), None)
    right = cited.identifier if cited else (item.mention.iri or "").rpartition("/")[2]
    meaning = f"No. {identifier.number} of {identifier.year}"
    said = f"the identifier {identifier.text} stands for {meaning}, and the citation is {item.mention.surface!r}"
    return Finding(
        "Act-mismatch", "error", said, start, end, text[start:end], cited.iri if cited else None,
        evidence_of(cited, facts) if cited else (), f"the identifier of what is cited: {right}" if right else "",
    )  # fmt: skip


def _finding(item: Cited, act: Act, why: str, facts: Facts) -> Finding:
    mention = item.mention
    meant = f"likely meant: {named(act, facts)}"
    return Finding("Act-mismatch", "error", why, mention.start, mention.end, mention.surface, act.iri, evidence_of(act, facts), meant)


def _letters(citation: Citation) -> str:
    if citation.kind in ("law", "code"):
        return "ZK"
    return "UP" if citation.kind == "decree" and not citation.issuer else citation.letter


def _claimed(act: Act, citation: Citation, facts: Facts) -> bool:
    """Say whether some document of the graph gives the act the very date that is cited."""
    return any(claim.value.endswith(str(citation.day)) for claim in facts.acts.get(act.iri, ()))


def _session(act: Act) -> str:
    number = number_of(act.number)
    return number.canonical.removeprefix(number.bare) if number.session else ""


def _session_of(citation: Citation) -> str:
    assert citation.number
    return citation.number.canonical.removeprefix(citation.number.bare)


def _digits(citation: Citation) -> str:
    assert citation.number
    return citation.number.bare.replace("-", "")


def _shown(citation: Citation) -> str:
    day = citation.day
    return str(day) if day.whole or not day.month else f"{day.year}-{day.month:02d}"

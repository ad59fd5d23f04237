"""From a citation to the act that is meant.

The steps, the first that decides counts: identifier, number and full date, number and year among the known acts, number
alone where only one known act has it, the same number cited in full elsewhere in the document, title in force on the
document's date. An IRI is minted only where the identifier follows from kind, number and year; all else stays without one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kg.linking.citation import Citation
from kg.linking.codes import known_codes
from kg.linking.identifiers import Identifier, make_identifier, registered_identifier
from kg.linking.mentions import Candidate
from kg.linking.registry import Act, Registry
from kg.namespaces import entity

_ORDINARY = "ZKUP"
_STEM = 5


@dataclass(frozen=True)
class Resolution:
    """What a citation was found to mean; `score` is how sure, `iri` None where no act can be named."""

    iri: str | None
    key: str
    score: float
    reasons: tuple[str, ...]
    candidates: tuple[Candidate, ...] = ()


def resolve(citation: Citation, registry: Registry, others: Sequence[Citation], on: date) -> Resolution:
    """Say which act a citation means; `others` are the document's citations, `on` the day on which it was written."""
    if citation.number:
        return _numbered(citation, registry, others)
    if citation.code:
        return _choice(registry.get(known_codes()[citation.code].acts), on, "code known by name", citation)
    if citation.kind == "constitution":
        found = registry.get(("K950001000_", "K2600000000"))
        dated = [act for act in found if citation.day.year and act.day.agrees(citation.day)]
        return _choice(dated or found, on, "the Constitution", citation)
    letters = {"law": "Z", "code": "K"}.get(citation.kind, citation.letter[0])
    found = registry.titled(citation.title, letters + ("K" if letters == "Z" else ""))
    if citation.day.year:
        found = [act for act in found if act.day.agrees(citation.day)] or _signed(citation, registry, letters)
    return _choice(found, on, "title", citation)


def _signed(citation: Citation, registry: Registry, letters: str) -> list[Act]:
    """Return the law signed on the very day whose title has a word in common: translators word titles anew."""
    if not citation.day.whole or letters not in ("Z", "K"):
        return []
    stems = _stems(citation.title)
    return [act for act in registry.signed(str(citation.day), "ZK") if any(stems & _stems(title) for title in act.titles)]


def _stems(title: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in title.split() if len(word) > _STEM - 2)


def _numbered(citation: Citation, registry: Registry, others: Sequence[Citation]) -> Resolution:
    assert citation.number
    known = _known(citation, registry)
    exact = [act for act in known if act.day.agrees(citation.day)] if citation.day.year else []
    if exact and citation.day.whole and not exact[0].day.whole:
        return _complete(citation, exact[0])
    if exact:
        how = "number and date are those of a known act" if citation.day.whole else f"the known act of {citation.day.year} with this number"
        return _act(exact[0], 0.99 if citation.day.whole else 0.96, how)
    if citation.day.whole:
        return _complete(citation, None)
    if citation.title and (titled := [act for act in registry.titled(citation.title) if _same_number(act, citation)]):
        return _act(titled[0], 0.97, "number and title are those of a known act")
    full = [other for other in others if other.complete and _alike(other, citation)]
    if len({str(other.day) for other in full}) == 1:
        found = resolve(full[0], registry, (), date.max)
        return Resolution(
            found.iri, found.key, 0.93, ("number as cited in full elsewhere in the document", *found.reasons), found.candidates
        )
    if len(known) == 1 and not citation.day.year and (citation.number.session or citation.letter in "UP"):
        return _act(known[0], 0.9 if citation.number.session else 0.75, "the only known act with this number")
    return _partial(citation, known)


def _known(citation: Citation, registry: Registry) -> list[Act]:
    assert citation.number
    letters = [citation.letter]
    if citation.kind == "decree" and not citation.issuer:
        letters = ["U", "P"]
    if citation.kind == "law":
        letters = ["Z", "K"]
    found = [act for letter in letters for act in registry.numbered(letter[0], citation.number.bare)]
    if citation.number.session:
        return [act for act in found if act.number in (citation.number.canonical, citation.number.bare)]
    return found


def _same_number(act: Act, citation: Citation) -> bool:
    return bool(citation.number and act.number.split("-")[0] == citation.number.bare)


def _alike(other: Citation, citation: Citation) -> bool:
    assert other.number
    assert citation.number
    same = other.number.bare == citation.number.bare and other.day.agrees(citation.day)
    return same and (other.letter == citation.letter or not citation.issuer)


def _complete(citation: Citation, act: Act | None) -> Resolution:
    """Resolve a citation whose number and full date are given: by the rule of the identifiers."""
    assert citation.number
    letter = citation.letter
    key = f"act:KZ-{letter[0]}-{citation.number.canonical}-{citation.day}"
    if act:
        return Resolution(act.iri, key, 0.97, ("number and year are those of a known act",), (Candidate(act.iri, 0.97),))
    identifier = make_identifier(letter, citation.number.bare, citation.day.year)
    reason = "identifier derived from kind, number and year"
    if not identifier and letter == "V" and citation.registration:
        identifier = registered_identifier(citation.registration, citation.day.year)
        reason = "identifier derived from the number of registration"
    if not identifier:
        return Resolution(None, key, 0.9, ("number and date are complete, but an identifier does not follow from them",))
    iri = entity("act", identifier).value
    return Resolution(iri, key, 0.95, (reason,), (Candidate(iri, 0.95),))


def _partial(citation: Citation, known: Sequence[Act]) -> Resolution:
    assert citation.number
    letter = citation.letter
    year = f"-{citation.day.year}" if citation.day.year else ""
    key = f"act:KZ-{letter[0]}-{citation.number.canonical}{year}"
    identifier = make_identifier(letter, citation.number.bare, citation.day.year) if letter in _ORDINARY else None
    if identifier:
        iri = entity("act", identifier).value
        return Resolution(iri, key, 0.9, ("identifier derived from kind, number and year",), (Candidate(iri, 0.9),))
    why = "no date: several acts may have this number" if not year else "an identifier does not follow from number and year"
    return Resolution(None, key, 0.7, (why,), tuple(Candidate(act.iri, 0.5) for act in known))


def _choice(found: Sequence[Act], on: date, how: str, citation: Citation) -> Resolution:
    """Choose among the acts of one title the one in force on a day, else the latest signed before it."""
    if not found:
        if not citation.title:
            return Resolution(None, "", 0.5, ("no known act",))
        return Resolution(None, "", 0.6, ("the title is none of a known act",))
    valid = [act for act in found if act.in_force(on)] or list(found)
    best = max(valid, key=lambda act: str(act.day))
    score = 0.93 if len(found) == 1 else 0.88
    reasons = (f"{how}; in force on {on}",) if best.in_force(on) else (f"{how}; not in force on {on}",)
    return Resolution(best.iri, best.key, score, reasons, tuple(Candidate(act.iri, score if act is best else 0.4) for act in found))


def _act(act: Act, score: float, reason: str) -> Resolution:
    return Resolution(act.iri, act.key, score, (reason,), (Candidate(act.iri, score),))


def resolve_identifier(identifier: Identifier, registry: Registry) -> Resolution:
    """Say which act an Adilet identifier in a text is of; a spelling that is in use but wrong leads to the right act."""
    act = registry.identified(identifier.text)
    key = f"adilet:{identifier.text}"
    if act:
        reason = (
            "identifier"
            if act.identifier == identifier.text
            else f"identifier as often misspelt; the database files the act under {act.identifier}"
        )
        return Resolution(act.iri, key, 0.99, (reason,), (Candidate(act.iri, 0.99),))
    iri = entity("act", identifier.text).value
    return Resolution(iri, key, 0.97, ("identifier of the Adilet database; the act is not in the graph",), (Candidate(iri, 0.97),))

"""Where an area stands in a framework: the rules by which a profile concludes what no passage states.

Pure functions over assessments. Each conclusion carries the code of its rule (`ontology/vocabularies/profile-rule.ttl`
says each in a sentence), and none is drawn from what is not assessed or disputed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.query.entities import Evidence
from kg.query.frameworks import Element, Framework

REACHED, ABSENT = "reached", "absent"
AHEAD, ON_LEVEL, LAGGING, NOT_DUE = "ahead", "on-level", "lagging", "not-due"
OWN_LEVEL_RULE = "lowest-level-under-way"


@dataclass(frozen=True)
class Stated:
    """A code that passages state."""

    code: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Assessment:
    """What one record says of an element; `issued` is when its latest document was published, empty where unknown."""

    iri: ox.NamedNode
    attainment: Stated | None
    standing: Stated | None
    issued: str = ""
    note: Mapping[str, str] = field(default_factory=dict)
    concerns: frozenset[ox.NamedNode] = frozenset()

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Return the passages that state its attainment or standing, sorted."""
        return _sorted(item for stated in (self.attainment, self.standing) if stated for item in stated.evidence)


@dataclass(frozen=True)
class Conclusion:
    """What a rule concludes: a code of the list standing, or nothing (both empty)."""

    code: str = ""
    rule: str = ""


@dataclass(frozen=True)
class Position:
    """One element in an area. `attainment` and `standing` are stated; `computed` is ours and stands beside them.

    `state` is unknown, stated or disputed; `earlier` are assessments by documents published before those that count;
    `bearing` are other elements, assessed, that concern this one.
    """

    element: Element
    state: str
    attainment: Stated | None = None
    standing: Stated | None = None
    computed: Conclusion = Conclusion()
    assessments: tuple[Assessment, ...] = ()
    earlier: tuple[Assessment, ...] = ()
    bearing: tuple[ox.NamedNode, ...] = ()

    @property
    def lags(self) -> bool:
        """Say whether the element lags, by a passage or by a rule."""
        return LAGGING in (self.standing.code if self.standing else "", self.computed.code)

    @property
    def leads(self) -> bool:
        """Say whether the element is ahead, by a passage or by a rule."""
        return AHEAD in (self.standing.code if self.standing else "", self.computed.code)


@dataclass(frozen=True)
class OwnLevel:
    """The level that an area has reached as a whole, with the elements that it follows from."""

    level: ox.NamedNode
    basis: tuple[ox.NamedNode, ...]
    rule: str = OWN_LEVEL_RULE


def settle(element: Element, assessments: Sequence[Assessment]) -> Position:
    """Return what is stated of an element: the latest published counts, and is disputed where its like differs."""
    latest = max((assessment.issued for assessment in assessments), default="")
    current = tuple(assessment for assessment in assessments if assessment.issued == latest)
    earlier = tuple(assessment for assessment in assessments if assessment.issued != latest)
    if not current:
        return Position(element, "unknown")
    attainments = [assessment.attainment for assessment in current if assessment.attainment]
    standings = [assessment.standing for assessment in current if assessment.standing]
    if any(len({stated.code for stated in group}) > 1 for group in (attainments, standings)):
        return Position(element, "disputed", assessments=current, earlier=earlier)
    return Position(element, "stated", _joined(attainments), _joined(standings), assessments=current, earlier=earlier)


def own_level(framework: Framework, positions: Sequence[Position]) -> OwnLevel | None:
    """Return the area's own level, None where no assessed element of the scale tells it."""
    highest = None
    for level in framework.levels:
        known = [p for p in positions if p.element.dimension == framework.scale and p.element.level == level and p.attainment]
        codes = {position.attainment.code for position in known if position.attainment}
        found = OwnLevel(level, tuple(position.element.iri for position in known))
        if codes == {REACHED}:
            highest = found
        elif codes - {ABSENT}:
            return found
    return highest


def conclude(framework: Framework, position: Position, own: OwnLevel | None) -> Conclusion:
    """Return how an element stands to the area's own level by our rules, nothing where its attainment or level is not known."""
    rank = framework.rank(position.element)
    if own is None or rank is None or position.attainment is None:
        return Conclusion()
    code = position.attainment.code
    if rank > framework.levels.index(own.level):
        return Conclusion(NOT_DUE, "absent-above-own-level") if code == ABSENT else Conclusion(AHEAD, "above-own-level")
    return Conclusion(ON_LEVEL, "reached-up-to-own-level") if code == REACHED else Conclusion(LAGGING, "unfinished-up-to-own-level")


def _joined(group: Sequence[Stated]) -> Stated | None:
    if not group:
        return None
    return Stated(group[0].code, _sorted(item for stated in group for item in stated.evidence))


def _sorted(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(sorted(set(evidence), key=lambda item: item.passage.value))

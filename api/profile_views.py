"""From a profile of the query room to the models of api/profile_models.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from api import models, profile_models, views
from kg.namespaces import concept, shorten
from kg.query.advice import ADVICE_RULE, Advice
from kg.query.entities import Evidence
from kg.query.labels import Labels, best, shown
from kg.query.profiles import Profile
from kg.query.standing import Assessment, Position, Stated


@dataclass(frozen=True)
class Reader:
    """A reader of profiles: labels of all that is mentioned, and languages, best first."""

    labels: Mapping[str, Labels]
    languages: Sequence[str]

    def profile(self, found: Profile) -> profile_models.Profile:
        """Return a profile as JSON."""
        own = found.own
        return profile_models.Profile(
            framework=self.node(found.framework.iri),
            assessed=found.assessed,
            needed=found.needed or None,
            overall=[
                profile_models.ProfileOverall(finding=self.node(item.iri), passages=self._passages(item.evidence)) for item in found.overall
            ],
            ownLevel=profile_models.ProfileLevel(
                level=self.node(own.level), basis=self._nodes(own.basis), rule=self._code("profile-rule", own.rule)
            )
            if own
            else None,
            ahead=self._nodes(position.element.iri for position in found.positions if position.leads),
            lagging=self._nodes(position.element.iri for position in found.positions if position.lags),
            dimensions=[
                profile_models.ProfileDimension(
                    dimension=self.node(dimension),
                    isScale=dimension == found.framework.scale,
                    elements=[self._element(position) for position in found.positions if position.element.dimension == dimension],
                )
                for dimension in found.framework.dimensions
            ],
            first=[
                profile_models.ProfilePriority(
                    element=self.node(priority.element),
                    answers=[self._advice(answer) for answer in priority.answers],
                    rule=self._code("profile-rule", ADVICE_RULE),
                )
                for priority in found.first
            ],
            general=[self._advice(answer) for answer in found.general],
        )

    def node(self, term: ox.NamedNode) -> models.Node:
        """Return a thing with its label."""
        return views.node(term, self.labels, self.languages)

    def _element(self, position: Position) -> profile_models.ProfileElement:
        element, computed = position.element, position.computed
        return profile_models.ProfileElement(
            element=self.node(element.iri),
            broader=shorten(element.broader.value),
            depth=element.depth,
            level=self.node(element.level) if element.level else None,
            levelPassages=self._passages(element.level_evidence),
            state=self._code("assessment-state", position.state),
            attainment=self._stated("attainment", position.attainment),
            standing=self._stated("standing", position.standing),
            computed=profile_models.ProfileComputed(
                **self._code("standing", computed.code).model_dump(), rule=self._code("profile-rule", computed.rule)
            )
            if computed.code
            else None,
            assessments=[self._assessment(item) for item in position.assessments],
            earlier=[self._assessment(item) for item in position.earlier],
            bearing=self._nodes(position.bearing),
        )

    def _assessment(self, item: Assessment) -> profile_models.ProfileAssessment:
        note = best(item.note, self.languages)
        return profile_models.ProfileAssessment(
            assessment=self.node(item.iri),
            attainment=self._stated("attainment", item.attainment),
            standing=self._stated("standing", item.standing),
            published=item.issued or None,
            note=note[0] if note else None,
        )

    def _advice(self, item: Advice) -> profile_models.ProfileAdvice:
        return profile_models.ProfileAdvice(
            recommendation=self.node(item.iri),
            ofFramework=item.of_framework,
            shared=self._nodes(item.shared),
            passages=self._passages(item.evidence),
        )

    def _stated(self, scheme: str, stated: Stated | None) -> profile_models.ProfileStated | None:
        if stated is None:
            return None
        return profile_models.ProfileStated(**self._code(scheme, stated.code).model_dump(), passages=self._passages(stated.evidence))

    def _code(self, scheme: str, code: str) -> profile_models.ProfileCode:
        return profile_models.ProfileCode(code=code, label=shown(concept(scheme, code).value, self.labels, self.languages))

    def _nodes(self, terms: Iterable[ox.NamedNode]) -> list[models.Node]:
        return [self.node(term) for term in terms]

    def _passages(self, evidence: Iterable[Evidence]) -> list[models.Passage]:
        return [views.passage(item, self.labels, self.languages) for item in evidence]

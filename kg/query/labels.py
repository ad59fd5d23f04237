"""Names in the reader's languages: which label to show, and which language it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import pyoxigraph as ox

from kg.namespaces import shorten
from kg.store.base import Store

LANGUAGES = ("en", "ru", "kk")
_FALLBACK = {"kk": ("kk", "ru", "en"), "ru": ("ru", "kk", "en"), "en": ("en", "ru", "kk")}
_CHUNK = 400

_LABELS = "SELECT ?thing ?label WHERE { VALUES ?thing { UNDEF } ?thing skos:prefLabel ?label }"

Labels = Mapping[str, str]
"""Preferred labels by language."""


def chain(language: str) -> tuple[str, ...]:
    """Return the languages to try, best first: kk → ru → en."""
    return _FALLBACK.get(language.partition("-")[0], _FALLBACK["en"])


def best(labels: Labels, languages: Sequence[str]) -> tuple[str, str] | None:
    """Return label and language of the first language that has one, else any; None where there is no label."""
    for language in languages:
        if language in labels:
            return labels[language], language
    return next(((label, language) for language, label in sorted(labels.items())), None)


def labels_of(store: Store, things: Iterable[ox.NamedNode]) -> dict[str, dict[str, str]]:
    """Return the preferred labels of many things by IRI and language."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    wanted = list(dict.fromkeys(things))
    for start in range(0, len(wanted), _CHUNK):
        for row in store.rows(_LABELS, thing=list(wanted[start : start + _CHUNK])):
            label = row["label"]
            if isinstance(label, ox.Literal):
                found[row["thing"].value][label.language or "en"] = label.value
    return found


def spoken(iri: str, labels: Mapping[str, Labels], languages: Sequence[str]) -> tuple[str, str | None]:
    """Return a thing's label and its language, or the short IRI, which has none."""
    return best(labels.get(iri, {}), languages) or (shorten(iri), None)


def shown(iri: str, labels: Mapping[str, Labels], languages: Sequence[str]) -> str:
    """Return a thing's label in the reader's language, or its short IRI."""
    return spoken(iri, labels, languages)[0]

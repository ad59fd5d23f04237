"""The graph from Python: the same calls on a local store and on a service's address.

>>> from kg import open_graph
>>> graph = open_graph()                                  # doctest: +SKIP
>>> graph.series("egdi-value", area="KAZ").to_pandas()    # doctest: +SKIP
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from html import escape
from pathlib import Path
from types import TracebackType

import pyoxigraph as ox

from kg.client.answers import Card, Disagreements, Found, Rows, Standing
from kg.config import read_settings
from kg.errors import Impossible
from kg.formats import JSON, TURTLE
from kg.loading.opening import open_store
from kg.query.accountability import Chain, read_chain
from kg.query.conflicts import check_filters, find_conflicts
from kg.query.entities import read_entity, resolve
from kg.query.evidence import Evidence, find_evidence
from kg.query.finding import asked
from kg.query.labels import LANGUAGES, chain, labels_of
from kg.query.lineage import Lineage, trace
from kg.query.models import Models, read_models
from kg.query.named import find_template, load_templates, read_values, run
from kg.query.profiles import read_profiles
from kg.query.series import Series, Wanted, read_series
from kg.query.stages import Stages, read_stages
from kg.query.staging import Comparison, compare_stages
from kg.query.telling import Missing, Teller, extent
from kg.query.timeline import Timeline, read_timeline
from kg.query.viewing import Moment, View, Views, moment
from kg.search.questions import Asked
from kg.store.base import Store, Wish

Several = str | Iterable[str]
"""One name, or several."""
_ALL = 1_000_000_000


class Graph:
    """The look-ups over one store; close it, or use it in a `with` block. `known` and `lang` hold for every call.

    Every answer has `table()`, `records()`, `to_pandas()`, `to_polars()` and shows itself in a notebook.
    """

    def __init__(self, store: Store, known: str | None = None, lang: str = "en") -> None:
        if lang not in LANGUAGES:
            raise Impossible("lang", lang, "there are no names in that language", LANGUAGES)
        self.store = store
        self._languages = chain(lang)
        self._views = Views(store)
        self._known = moment(None, known).known

    def search(
        self,
        text: str = "",
        kind: str | None = None,
        limit: int = 50,
        at: str | None = None,
        document: str | None = None,
        first: str | int = "",
        last: str | int = "",
        sort: str = "relevance",
    ) -> Found:
        """Find entities by name in any language, number or identifier, best first (or by `name`); at most `limit` of them.

        `document`: only what its passages speak of; `first`, `last`: only what was there in these years or months, or between.
        """
        view = self._view(at)
        found = view.names.search(asked(view, text, kind, document, str(first), str(last), sort, self._languages[0]), 0, limit)
        labels = labels_of(view.store, [ox.NamedNode(hit.iri) for hit in found.hits])
        near = () if found.counts.count or not text.strip() else tuple(view.names.near(text))
        return Found(found.counts.count, tuple(found.hits), labels, self._languages, found.counts.undated, near)

    def entity(self, name: str) -> Card:
        """Return one entity by IRI, CURIE, kind/slug, slug, identifier or exact name; raises UnknownEntity."""
        view = self._view()
        return Card(read_entity(view.store, resolve(view.store, view.names, name)), self._languages)

    def evidence(self, subject: str | None = None, predicate: str | None = None, object: str | None = None) -> Evidence:
        """Return which passages state it; raises UnknownEntity, Impossible."""
        view = self._view()
        return find_evidence(view, self._teller(view), subject, predicate, object, limit=_ALL)

    def series(
        self,
        indicator: str,
        area: Several = (),
        first: str | int = "",
        last: str | int = "",
        breakdown: Several = (),
        at: str | None = None,
    ) -> Series:
        """Return an indicator's figures for areas and breakdowns (none: all) from year or month `first` to `last`."""
        view = self._view(at)
        wanted = Wanted(indicator, _several(area), str(first), str(last), _several(breakdown))
        return read_series(view, self._teller(view), wanted, limit=_ALL)

    def lineage(self, act: str, at: str | None = None) -> Lineage:
        """Return what an act rests on and what rests on it, with states on the day `at`."""
        view = self._view()
        return trace(view, self._teller(view), act, _day(at))

    def accountability(self, programme: str, at: str | None = None) -> Chain:
        """Return the chain from a programme's approving act to what came of it."""
        view = self._view()
        return read_chain(view, self._teller(view), programme, _day(at))

    def stages(self, scheme: Several = (), at: str | None = None) -> Stages:
        """Return the stages of schemes (none: all), with a day those that cover it."""
        view = self._view()
        return read_stages(view, self._teller(view), _several(scheme), _day(at))

    def compare_stages(self, scheme: Several = (), first: str | int = "", last: str | int = "") -> Comparison:
        """Return schemes of stages side by side, year by year."""
        view = self._view()
        return compare_stages(view, self._teller(view), _several(scheme), str(first), str(last))

    def models(self) -> Models:
        """Return the interaction models."""
        view = self._view()
        return read_models(view, self._teller(view))

    def timeline(self, first: str | int = "", last: str | int = "", kind: Several = (), at: str | None = None) -> Timeline:
        """Return programmes, acts and stages on one axis."""
        view = self._view(at)
        return read_timeline(view, self._teller(view), str(first), str(last), _several(kind), limit=_ALL)

    def conflicts(self, kind: str | None = None, document: str | None = None) -> Disagreements:
        """Return where sources disagree; raises Impossible, UnknownEntity for a filter that names nothing."""
        view = self._view()
        check_filters(view.store, view.names, kind, document)
        found = find_conflicts(view.store, kind=kind, document=document)
        labels = labels_of(view.store, {node for item in found for node in item.mentions()})
        return Disagreements(tuple(found), labels, self._languages)

    def profile(self, area: str, framework: str | None = None) -> Standing:
        """Return where an area stands in each framework with a scale, element by element; raises UnknownEntity."""
        view = self._view()
        return Standing(read_profiles(view.store, view.names, area, framework), self._languages)

    def ask(self, name: str, values: Mapping[str, str] | None = None, at: str | None = None) -> Rows:
        """Answer a named query with the values of its parameters; `missing` says what no rows mean.

        Raises UnknownQuery, BadParameter.
        """
        view = self._view(at)
        template = find_template(load_templates(read_settings().queries_path), name)
        language = {"lang": self._languages[0]} if template.parameter("lang") else {}
        found = run(view.store, template, read_values(template, {**language, **(values or {})}, view.store, view.names))
        missing = (Missing(name, found.empty.why, read=extent(found.empty)),) if found.empty else ()
        return Rows(tuple(template.columns), found.rows, missing=missing)

    def query(self, sparql: str, at: str | None = None) -> Rows | bool | str:
        """Answer a SPARQL query: rows of a SELECT, the truth of an ASK, Turtle of a graph; raises QueryError."""
        answer = self._view(at).store.answer(sparql, Wish([JSON], [TURTLE]))
        if answer.format is not JSON:
            return answer.body.decode()
        parsed = ox.parse_query_results(answer.body, format=ox.QueryResultsFormat.JSON)
        if isinstance(parsed, ox.QueryBoolean):
            return bool(parsed)
        assert isinstance(parsed, ox.QuerySolutions)
        names = tuple(json.loads(answer.body)["head"].get("vars", ()))
        rows = [{name: term for name in names if (term := row[name]) is not None} for row in parsed]
        return Rows(names, tuple(rows))

    def close(self) -> None:
        """Give the store free."""
        self.store.close()

    def __enter__(self) -> Graph:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<egovkg graph, release {self.store.release() or 'unknown'}>"

    def _repr_html_(self) -> str:
        kinds = self._view().names.search(Asked(), 0, 1).counts.kinds
        counts = ", ".join(f"{kind} {count}" for kind, count in kinds.items())
        return f"<p><b>egovkg</b>, release {escape(self.store.release() or 'unknown')}</p><p>{escape(counts)}</p>"

    def _view(self, at: str | None = None) -> View:
        return self._views.of(Moment(_day(at), self._known))

    def _teller(self, view: View) -> Teller:
        return Teller(view.store, self._languages)


def open_graph(where: str | Path | None = None, known: str | None = None, lang: str = "en") -> Graph:
    """Open a graph: a store directory, the address of a service or SPARQL endpoint, or (None) the store that EGOVKG_STORE names.

    The default store is built where there is none. Raises NoStore, StoreBusy, StoreUnreachable, BadSetting.
    """
    settings = read_settings().with_options(store=str(where) if where is not None else None)
    return Graph(open_store(settings, lambda _: None, make=where is None), known, lang)


def _several(given: Several) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _day(text: str | None) -> date | None:
    return moment(text, None).at

"""What is kept of the axis of time follows each write, and is then what a new reading gives."""

from __future__ import annotations

from weakref import ref

import pyoxigraph as ox
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.namespaces import DATASET, DCAT, EGOV, ELI, ID, RDF, RELEASE, SCHEMA
from kg.query.axis import Axis, axis_of
from kg.query.keeping import carry, kept
from kg.store.changes import Change, apply
from kg.store.oxigraph import OxigraphStore

Writes = list[tuple[list[ox.Quad], list[ox.Quad], bool]]
ACTS, PROGRAMMES, STAGES = (
    [ox.NamedNode(f"{ID}{kind}/{name}") for name in "abc"] for kind in ("act", "programme", "stage")
)  # fmt: skip
BLANK = ox.BlankNode("abc")
DAYS = st.sampled_from(["1997", "2005-03", "2012-12-12", "2012-12-13"]).map(ox.Literal)
TYPED = st.one_of(
    *(
        st.builds(ox.Quad, st.sampled_from(things), st.just(RDF.type), st.just(of))
        for things, of in ((ACTS, EGOV.LegalAct), (PROGRAMMES, EGOV.Programme), (STAGES, EGOV.Stage))
    )
)
DATED = st.builds(
    ox.Quad,
    st.sampled_from([*ACTS, *PROGRAMMES, *STAGES, BLANK]),
    st.sampled_from([SCHEMA.startDate, SCHEMA.endDate, ELI.date_document, ELI.date_no_longer_in_force]),
    DAYS,
)
APPROVED = st.builds(ox.Quad, st.sampled_from([*PROGRAMMES, *STAGES]), st.just(EGOV.approvedBy), st.sampled_from([*ACTS, BLANK]))
STATED = st.builds(lambda quad: ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode("urn:passage")), DATED)
QUADS = st.lists(st.one_of(TYPED, DATED, APPROVED, STATED), max_size=12, unique_by=str)


def release_of(store: OxigraphStore, number: int) -> None:
    for quad in list(store.opened.quads_for_pattern(None, None, None, RELEASE)):
        store.opened.remove(quad)
    store.opened.add(ox.Quad(DATASET, DCAT.version, ox.Literal(f"release {number}"), RELEASE))


def written(store: OxigraphStore, number: int, change: Change) -> None:
    """Make a change as a service does: committed, then told."""
    before = store.release()
    apply(store.opened, change)
    release_of(store, number)
    carry(store, before, change)


@settings(deadline=None)
@given(QUADS, st.lists(st.tuples(QUADS, QUADS, st.booleans()), max_size=5))
def test_after_any_writes_the_axis_is_what_a_new_reading_gives(
    there: list[ox.Quad], writes: list[tuple[list[ox.Quad], list[ox.Quad], bool]]
) -> None:
    store = OxigraphStore()
    store.opened.extend(there)
    release_of(store, 0)
    axis_of(store)
    for number, (added, removed, looked_at) in enumerate(writes, 1):
        written(store, number, Change(tuple(quad for quad in added if quad not in removed), tuple(removed)))
        if looked_at:
            axis_of(store, ["programme"])
    new = OxigraphStore()
    new.opened.extend(store.opened)
    assert shown(axis_of(store)) == shown(axis_of(new))
    assert shown(axis_of(store, ["act", "stage"])) == shown(axis_of(new, ["act", "stage"]))


def shown(axis: Axis) -> tuple[object, ...]:
    return axis.dated, axis.others, axis.undated


def test_what_follows_is_read_once_and_what_does_not_is_read_after_each_write() -> None:
    store = OxigraphStore()
    release_of(store, 0)
    read: list[str] = []

    def look() -> tuple[int, int]:
        def following() -> int:
            read.append("following")
            return 0

        def other() -> int:
            read.append("other")
            return len(read)

        return kept(store, "one", following, lambda store, old, changes: old + len(changes)), kept(store, "two", other)

    change = Change((ox.Quad(ACTS[0], RDF.type, EGOV.LegalAct),))
    assert (look(), look(), read) == ((0, 2), (0, 2), ["following", "other"])
    written(store, 1, change)
    written(store, 2, change)
    assert (look(), look(), read) == ((2, 3), (2, 3), ["following", "other", "other"])


def test_a_change_that_nobody_knows_or_that_is_too_large_is_read_anew() -> None:
    store = OxigraphStore()
    release_of(store, 0)
    reads: list[int] = []

    def look() -> int:
        def read() -> int:
            reads.append(1)
            return len(reads)

        return kept(store, "one", read, lambda store, old, changes: old)

    assert look() == 1
    release_of(store, 1)
    carry(store, "release 0", None)
    assert look() == 2
    written(store, 2, Change(tuple(ox.Quad(ACTS[0], SCHEMA.startDate, ox.Literal(number)) for number in range(20_001))))
    assert look() == 3
    release_of(store, 3)
    assert look() == 4  # a write of which nobody was told
    carry(store, "release 1", Change())  # told late: of a release before that
    assert look() == 4


def test_what_is_kept_of_a_store_does_not_keep_the_store() -> None:
    store = OxigraphStore()
    release_of(store, 0)
    axis_of(store)
    axis_of(store, ["act"])
    alive = ref(store)
    del store
    assert alive() is None

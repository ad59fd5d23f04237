"""Things that are known by name alone: records for the linker of which no source is curated.

Such a thing is no instance of its class in the facts, so that whoever counts programmes or lists acts counts what sources
speak of. It is an `egov:NamedOnly`, and `egov:namedAs` says of which class it would be. The first claim about it, in its
own record or in another's, makes it a thing like any other.
"""

from __future__ import annotations

from kg.curation.records import Curated
from kg.namespaces import ID


def named_only(curated: Curated) -> frozenset[str]:
    """Return the names (`kind/slug`) of the records that no claim and no figure speaks of; rules and comparisons are not among them."""
    silent = {
        name
        for name, record in curated.records.items()
        if not record.form.claims and record.form.rule is None and record.form.compare is None
    }
    if not silent:
        return frozenset()
    spoken_of = {claim.value.term.value.removeprefix(ID) for record in curated.records.values() for claim in record.claims}
    measured = {name for cell in curated.cells for name in (f"indicator/{cell.indicator}", f"area/{cell.area}")}
    return frozenset(silent - spoken_of - measured)

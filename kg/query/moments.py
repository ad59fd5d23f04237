"""The graph of a moment, made in a worker: imported there by name, before the worker closes itself off."""

from __future__ import annotations

import pyoxigraph as ox

from kg.query.viewing import Moment, make_view, moment
from kg.store.jobs import Payload, preparation
from kg.store.oxigraph import OxigraphStore
from kg.store.process import PLAIN, Kind


def kind_of(moment: Moment) -> Kind:
    """Return the kind of worker that answers questions about a moment; without one, that of plain queries."""
    if not moment:
        return PLAIN
    days = (("at", moment.at), ("known", moment.known))
    return Kind((__name__,), "moment", tuple((name, day.isoformat()) for name, day in days if day))


@preparation("moment")
def _view(snapshot: ox.Store, payload: Payload) -> ox.Store:
    made = make_view(OxigraphStore.around(snapshot), moment(payload.get("at"), payload.get("known"))).store
    assert isinstance(made, OxigraphStore)
    return made.opened

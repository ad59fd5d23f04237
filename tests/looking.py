"""A tiny world to look things up in: acts that amend and repeal, a programme with a target, two schemes of stages."""

from __future__ import annotations

from kg.errors import BadRecords
from kg.loading.dataset import build
from kg.query.telling import Teller
from kg.query.viewing import Moment, View, Views
from kg.store.oxigraph import OxigraphStore
from tests.world import ACT, DOCUMENT, World


def act(label: str, claims: str) -> str:
    """Return the record of an act; `claims` is the inside of one claim."""
    return (
        f"type: LegalAct\nlabel: {{en: {label}, ru: {label}, kk: {label}}}\nclaims:\n"
        f"  - {{actType: government-resolution, {claims}, stated: [doe-2020/text-1]}}\n"
    )


ACTS = {
    "act/P1800000001.yaml": act("Amendment", "number: '1', signedDate: 2018-03-01, amends: act/P1700000827"),
    "act/P2000000002.yaml": act("Repeal", "number: '2', signedDate: 2020-06-01, repeals: act/P1700000827"),
    "act/P1600000003.yaml": act(
        "Basis", "number: '3', signedDate: 2016-02-01, publishedDate: 2016-02-10, inForceDate: 2016-03-01, applicableDate: 2016-04-01"
    ),
    "act/P1800000004.yaml": act("Rules", "number: '4', signedDate: 2018-05-01, legalBasis: act/P1700000827"),
}
STAGE = """type: Stage
label: {{en: {label}, ru: {label}, kk: {label}}}
{match}claims:
  - {{inScheme: scheme/{scheme}, ordinal: {ordinal}, {dates}stated: [doe-2020/text-1]}}
"""


def scheme(label: str) -> str:
    """Return the record of a scheme of stages."""
    return (
        f"type: StageScheme\nlabel: {{en: {label}, ru: {label}, kk: {label}}}\nclaims:\n"
        f"  - {{name: {{en: {label}}}, stated: [doe-2020/text-1]}}\n"
    )


def stage(of: str, ordinal: int, dates: str = "", match: str = "") -> str:
    """Return the record of a stage; `dates` are keys of the claim, `match` editorial keys."""
    closing = ", " if dates else ""
    return STAGE.format(label=f"{of} {ordinal}", scheme=of, ordinal=ordinal, dates=dates + closing, match=f"{match}\n" if match else "")


def write_acts(world: World) -> World:
    """Add acts: P1700000827 rests on one, is amended by another and repealed by a third, and is the basis of a fourth."""
    for name, text in ACTS.items():
        world.write(name, text)
    world.write("act/P1700000827.yaml", ACT.replace("number: '827'", "number: '827'\n    legalBasis: act/P1600000003"))
    return world


def write_schemes(world: World) -> World:
    """Add two dated schemes of two stages, the first of each aligned by the curators, the second of each by nobody; one undated."""
    for name in ("one", "two", "three"):
        world.write(f"scheme/{name}.yaml", scheme(name))
    world.write(
        "stage/one/1.yaml", stage("one", 1, "startDate: 2004, endDate: 2006", "closeMatch: ['https://w3id.org/egovkg/id/stage/two/1']")
    )
    world.write("stage/one/2.yaml", stage("one", 2, "startDate: 2006, endDate: 2010"))
    world.write("stage/two/1.yaml", stage("two", 1, "startDate: 2005, endDate: 2007"))
    world.write("stage/two/2.yaml", stage("two", 2, "startDate: 2008, openEnded: true"))
    world.write("stage/three/1.yaml", stage("three", 1))
    return world


def write_second_paper(world: World) -> World:
    """Add a paper of 2023 beside that of 2020, with the same text."""
    world.write("document/roe-2023.yaml", DOCUMENT.replace("Doe (2020)", "Roe (2023)").replace("doe-2020/", "roe-2023/"))
    return world


def looked(world: World) -> tuple[View, Teller]:
    """Build a world and return the view of its graph and a teller in English."""
    store = OxigraphStore()
    try:
        store.fill(build(world.root).nquads)
    except BadRecords as error:
        raise AssertionError("\n".join(map(str, error.findings))) from None
    return view_of(store), Teller(store)


def view_of(store: OxigraphStore) -> View:
    """Return the whole graph of a store."""
    return Views(store).of(Moment())

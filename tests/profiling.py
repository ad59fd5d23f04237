"""A framework and two countries that no paper knows, as records in the tiny world: for the tests of profiles."""

from __future__ import annotations

from kg.loading.dataset import build
from kg.query.names import Names
from kg.query.profiles import Profile, Profiles, read_profiles
from kg.store.oxigraph import OxigraphStore
from tests.world import World

FRAMEWORK = "framework/ripeness"
LATER = """type: JournalArticle
label: {en: Roe (2022), ru: Роу (2022), kk: Роу (2022)}
authority: peer-reviewed
passages:
  text-1: {locator: 'Text, par. 1', type: paragraph}
claims:
  - {title: {en: On ripeness}, issued: 2022, stated: [roe-2022/text-1]}
"""


def record(type: str, label: str, *claims: str, stated: str = "doe-2020/text-1") -> str:
    """Return a record; each claim is `key: value, key: value`, stated by one passage."""
    lines = [f"type: {type}", f"label: {{en: {label}, ru: {label}, kk: {label}}}", "claims:"]
    return "\n".join([*lines, *(f"  - {{{claim}, stated: [{stated}]}}" for claim in claims)]) + "\n"


def add_framework(world: World) -> None:
    """Write a framework: three levels of ripeness (seed, leaf, fruit) and a dimension of tools with a drum, a horn and a flute."""
    world.write("document/roe-2022.yaml", LATER)
    for slug in ("UTO", "ARC"):
        world.write(f"area/{slug}.yaml", record("Area", slug, "areaType: country"))
    for topic in ("water", "music"):
        world.write(f"concept/topic/{topic}.yaml", record("Topic", topic, f"name: {{en: {topic}}}"))
    world.write("framework/ripeness.yaml", record("Framework", "Ripeness", "scale: concept/ripeness/growth"))
    for place, name in enumerate(("growth", "tools"), start=1):
        world.write(f"concept/ripeness/{name}.yaml", record("Dimension", name, f"inScheme: {FRAMEWORK}, ordinal: {place}"))
    for place, name in enumerate(("seed", "leaf", "fruit"), start=1):
        element(world, f"growth/{name}", "growth", f"ordinal: {place}", type="Level")
    for level, name, topic in (("seed", "soil", "water"), ("leaf", "sun", "water"), ("fruit", "bees", "music")):
        element(world, f"growth/{level}/{name}", f"growth/{level}", f"concerns: concept/topic/{topic}")
    element(world, "tools/drum", "tools", "ordinal: 1, expectedAt: concept/ripeness/growth/fruit, concerns: concept/topic/music")
    element(world, "tools/horn", "tools", "ordinal: 2, expectedAt: concept/ripeness/growth/seed, concerns: concept/ripeness/tools/flute")
    element(world, "tools/flute", "tools", "ordinal: 3")


def element(world: World, slug: str, broader: str, claim: str, type: str = "Criterion") -> None:
    """Write an element of the framework."""
    text = record(type, slug.rpartition("/")[2], f"inScheme: {FRAMEWORK}, broader: concept/ripeness/{broader}, {claim}")
    world.write(f"concept/ripeness/{slug}.yaml", text)


def assess(world: World, slug: str, verdict: str, area: str = "UTO", stated: str = "doe-2020/text-1") -> None:
    """Write an assessment of an element: `attainment: reached`, `standing: ahead` or both."""
    name = f"{stated.partition('/')[0]}-{area.lower()}-{slug.rpartition('/')[2]}"
    claim = f"description: {{en: As read}}, area: area/{area}, assesses: concept/ripeness/{slug}, {verdict}"
    world.write(f"finding/{name}.yaml", record("Assessment", name, claim, stated=stated))


def recommend(world: World, name: str, claim: str) -> None:
    """Write a recommendation."""
    world.write(f"finding/{name}.yaml", record("Recommendation", name, f"description: {{en: As read}}, {claim}"))


def store_of(world: World) -> OxigraphStore:
    """Return a store that holds the world."""
    store = OxigraphStore()
    store.fill(build(world.root).nquads)
    return store


def profiles_of(world: World, area: str = "UTO") -> Profiles:
    """Return the profiles of an area in every framework of the world."""
    store = store_of(world)
    return read_profiles(store, Names.of(store), area)


def profile_of(world: World, area: str = "UTO") -> Profile:
    """Return the profile of an area in the only framework of the world."""
    (found,) = profiles_of(world, area).profiles
    return found

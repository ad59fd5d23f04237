"""Countries by the names that the UN prints: ISO 3166-1 codes, and names in three languages from CLDR (through Babel)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType

from babel import Locale
from babel.core import get_global

LANGUAGES = ("en", "ru", "kk")


@dataclass(frozen=True)
class Country:
    """A country: alpha-3 (the slug of its area record), alpha-2, and its names by language."""

    alpha3: str
    alpha2: str
    names: Mapping[str, str]


UN_NAMES = {
    "bolivia plurinational state of": "BOL",
    "brunei darussalam": "BRN",
    "cabo verde": "CPV",
    "congo": "COG",
    "czech republic": "CZE",
    "democratic people s republic of korea": "PRK",
    "democratic republic of congo": "COD",
    "great britain and northern ireland": "GBR",
    "holy see": "VAT",
    "ivory coast": "CIV",
    "lao people s democratic republic": "LAO",
    "libyan arab jamahiriya": "LBY",
    "macedonia": "MKD",
    "former yugoslav republic of macedonia": "MKD",
    "republic of congo": "COG",
    "republic of korea": "KOR",
    "republic of moldova": "MDA",
    "russian federation": "RUS",
    "saint kitts and nevis": "KNA",
    "saint lucia": "LCA",
    "saint vincent and grenadines": "VCT",
    "swaziland": "SWZ",
    "syrian arab republic": "SYR",
    "turkey": "TUR",
    "united kingdom of great britain and northern ireland": "GBR",
    "united republic of tanzania": "TZA",
    "united states of america": "USA",
    "viet nam": "VNM",
}
"""The UN's own names, folded, where CLDR has another: past and present ones."""

_WITHDRAWN = frozenset({"BUR", "DDR", "FXX", "TMP", "YMD", "ZAR"})
_NEAR = 0.7


def country_of(name: str) -> Country | None:
    """Return the country of a printed name; None for a name that is not one."""
    return _by_name().get(folded(name))


def country_by_code(alpha3: str) -> Country:
    """Return the country of an ISO 3166-1 alpha-3 code; raises KeyError for another one."""
    return countries()[alpha3]


def near_names(name: str) -> list[str]:
    """Return up to three names of countries that look like `name`."""
    close = get_close_matches(folded(name), _by_name(), 3, _NEAR)
    return list(dict.fromkeys(_by_name()[other].names["en"] for other in close))


def folded(name: str) -> str:
    """Return a name without case, accents, signs, articles and what stands in brackets: "Gambia (the) " is "gambia"."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).casefold()
    words = re.sub(r"[^a-z]+", " ", re.sub(r"\(.*?\)", " ", plain).replace("&", " and ")).split()
    return " ".join(word for word in words if word != "the")


@cache
def _by_name() -> Mapping[str, Country]:
    known = countries()
    names = {folded(country.names["en"]): country for country in known.values()}
    return MappingProxyType(names | {name: known[alpha3] for name, alpha3 in UN_NAMES.items()})


@cache
def countries() -> Mapping[str, Country]:
    """Return every country of ISO 3166-1 by its alpha-3 code."""
    names = {language: Locale(language).territories for language in LANGUAGES}
    aliases: Mapping[str, list[str]] = get_global("territory_aliases")
    found = {
        alpha3: Country(alpha3, alpha2[0], MappingProxyType({language: names[language][alpha2[0]] for language in LANGUAGES}))
        for alpha3, alpha2 in sorted(aliases.items())
        if re.fullmatch("[A-Z]{3}", alpha3) and alpha3 not in _WITHDRAWN and len(alpha2) == 1
        and all(alpha2[0] in names[language] for language in LANGUAGES)
    }  # fmt: skip
    return MappingProxyType(found)

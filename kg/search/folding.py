"""What a hurried typist leaves out, undone: case, signs, diacritics, Kazakh letters, endings, and the alphabet itself.

Names and questions go through the same functions, so that they meet: `fold` for what is written, `forms` for what a word is
an ending of (Russian and English by Snowball, Kazakh by the closed list of kazakh-endings.txt), `sound` for what it sounds
like in Latin letters, whatever the way of transliteration.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

import snowballstemmer

from kg.store.letters import fold

_SCHEME = re.compile(r"^(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*|https?://(?:www\.)?)", re.I)
_LATIN = re.compile(r"[a-z]")
_CYRILLIC = re.compile(r"[а-я]")
_APOSTROPHE = re.compile(r"(?<=\w)['’ʹʼ`´](?=\w)")

_HUSHING = str.maketrans({"ş": "sh", "š": "sh", "č": "ch", "ç": "ch", "ž": "zh", "ŝ": "shch", "ŋ": "n"})
_SOUNDS = {
    **dict(zip("абвгдезийклмнопрстуфх", "abvgdeziiklmnoprstufh", strict=True)),
    "ж": "j", "ц": "s", "ч": "č", "ш": "š", "щ": "š", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia",
}  # fmt: skip
_FROM_CYRILLIC = str.maketrans(_SOUNDS)
_DIGRAPHS = (
    (re.compile("shch|sch|shh|sh"), "š"), (re.compile("ch"), "č"), (re.compile("zh"), "j"), (re.compile("kh"), "h"),
    (re.compile("gh"), "g"),
    (re.compile("ph"), "f"), (re.compile("tz|c"), "s"), (re.compile("q"), "k"), (re.compile("w"), "v"), (re.compile("x"), "ks"),
    (re.compile("(?<=[aeiouy])j(?![aeiouy])"), "i"), (re.compile("[yj]e"), "e"), (re.compile("y"), "i"),
)  # fmt: skip
_TS = re.compile("ts")
_DOUBLE = re.compile(r"(.)\1+")
_BACK = str.maketrans({**{latin: letter for letter, latin in _SOUNDS.items() if len(latin) == 1}, "s": "с", "i": "и", "š": "ш", "e": "е"})
_SHORTEST = 3
"""Letters that a Kazakh stem has at least."""


def bare(text: str) -> str:
    """Return a text without the scheme of an address: `doi.org/`, `doi:`, `https://www.`."""
    return _SCHEME.sub("", text.strip())


def prepared(text: str) -> str:
    """Return a code or a text that may be one, folded, an address without its scheme."""
    return fold(bare(text))


def sound(text: str) -> str:
    """Return what a text sounds like, the same for Cyrillic and for any usual way to write it in Latin: Цифрлық, Sifrlyq → sifrlik."""
    bare = _APOSTROPHE.sub("", text.casefold().translate(_HUSHING))
    return " ".join(sounded(word) for word in fold(bare).split())


@lru_cache(50_000)
def sounded(word: str) -> str:
    """Return what one folded word sounds like."""
    if _CYRILLIC.search(word):
        word = word.translate(_FROM_CYRILLIC)
    else:
        for pattern, letter in _DIGRAPHS:
            word = pattern.sub(letter, word)
    return _DOUBLE.sub(r"\1", _TS.sub("s", word)) or word


@lru_cache(50_000)
def forms(word: str, language: str = "") -> frozenset[str]:
    """Return what a folded word may be a form of, marked by language: `rцифров`, `kукимет`; without language, of any that its script fits.

    A word in Latin letters is also read as transliterated: `tsifrv`, the sound of a stem.
    """
    if word.isdecimal():
        return frozenset()
    found = set()
    if _CYRILLIC.search(word):
        if language != "kk":
            found.add(f"r{_stemmer('russian').stemWord(word)}")
        if language != "ru":
            found.update(f"k{stem}" for stem in kazakh_stems(word))
        found.update(f"t{sounded(stem[1:])}" for stem in list(found))
    elif _LATIN.search(word):
        if language in ("", "en"):
            found.add(f"e{_stemmer('english').stemWord(word)}")
        if not language:
            back = sounded(word).translate(_BACK)
            found.add(f"t{sounded(_stemmer('russian').stemWord(back))}")
            found.update(f"t{sounded(stem)}" for stem in kazakh_stems(back))
    return frozenset(found)


@lru_cache(50_000)
def kazakh_stems(word: str) -> frozenset[str]:
    """Return a folded Kazakh word and what is left of it when endings of the closed list are taken off, from the outside in.

    Several, for an ending may be part of the stem: Қазақстан is not the ablative of қазақс, and only both tell.
    """
    found = {word}
    for group in _endings():
        for stem in list(found):
            for length in range(min(len(stem) - _SHORTEST, 6), 0, -1):
                if stem[-length:] in group:
                    found.add(stem[:-length])
    return frozenset(_hardened(stem) for stem in found)


def _hardened(stem: str) -> str:
    """Return a stem with the last consonant that it has before no vowel: министрліг(і) → министрлік."""
    return stem[:-1] + {"г": "к", "б": "п"}.get(stem[-1], stem[-1])


@cache
def _endings() -> tuple[frozenset[str], ...]:
    """Return the groups of endings, folded, in the order in which they come off."""
    groups = Path(__file__).with_name("kazakh-endings.txt").read_text(encoding="utf-8").split("\n\n")
    lines = ([line for line in group.splitlines() if not line.startswith("#")] for group in groups)
    return tuple(frozenset(fold(ending) for line in group for ending in line.split()) for group in lines if group)


@cache
def _stemmer(language: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(language)

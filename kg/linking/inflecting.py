"""The forms of a name: Russian cases, made when the lexicon is built; Kazakh endings, read behind a name in the text."""

from __future__ import annotations

import re
from functools import cache
from itertools import product

import pymorphy3
from pymorphy3.analyzer import Parse

from kg.linking.patterns import compiled, data, either

_CASES = ("gent", "datv", "accs", "ablt", "loct")
_CYRILLIC = re.compile(r"[А-Яа-яЁё-]+$")
_ENDS = ("а", "у", "ом", "е")
_FEMININE = ("ы", "у", "ой", "е")
_ABBREVIATED = (*_ENDS, "ы", "ов", "ам", "ами", "ах")
_OPEN = frozenset("АЕИОУЫЭЮЯ")
_ADJECTIVE = re.compile(r"(?<=[лдт][ыі])[қк](?= )")
"""The last letter that many leave out: электрондық and электронды, цифрлық and цифрлы."""
_KAZAKH = re.compile("[әғқңөұүі]")
_BASE = dict(zip("абвгдежзиклмнопрстуфхцы", "abvgdejziklmnoprstýfhcy", strict=True)) | {
    "ш": "sh",
    "я": "ıa",
    "ю": "ıý",
    "ч": "ch",
    "й": "ı",
    "э": "e",
    "ь": "",
    "ъ": "",
}
_ACUTE = str.maketrans(_BASE | dict(zip("әғқңөұүі", "áǵqńóuúi", strict=True)) | {"и": "ı", "ц": "ts"})
_PLAIN = str.maketrans(_BASE | dict(zip("әғқңөұүіуи", "agqnouuiui", strict=True)) | {"ц": "ts", "й": "i", "ж": "zh"})
_VOWELS = {
    "ғ": ("ы", "ын", "ының", "ына", "ында", "ындағы", "ынан", "ымен"),
    "г": ("і", "ін", "інің", "іне", "інде", "індегі", "інен", "імен"),
}


@cache
def _morphology() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer()


def russian_forms(name: str) -> set[str]:
    """Return a Russian name in all cases: the words up to its head noun decline, what depends on it stays."""
    words = name.split(" ")
    if len(words) == 1 and _CYRILLIC.match(name) and len(name) > 3 and not name.isupper() and not _morphology().word_is_known(name):
        if name[-1] == "а":
            return {name, *(name[:-1] + end for end in _FEMININE)}
        return {name, *(name + end for end in _ENDS if name[-1] not in "еиоуыэюяйь")}
    head = _head(words)
    if head is None:
        return {name}
    forms = {name}
    for case in _CASES:
        declined = [_declined(parse, case) for parse in head]
        if all(declined):
            changed = [_cased(word, old) for word, old in zip(declined, words, strict=False) if word]
            forms.add(" ".join([*changed, *words[len(head) :]]))
    return forms


def abbreviation_forms(name: str) -> set[str]:
    """Return an abbreviation in Cyrillic letters that is read as a word, with the case endings written behind it: ЦОНе, ЦОНах."""
    read = _CYRILLIC.match(name) and len(name) > 2 and name[-1] not in _OPEN and any(letter in _OPEN for letter in name[1:])
    return {name, *(name + end for end in _ABBREVIATED)} if read else {name}


def latin_forms(name: str) -> set[str]:
    """Return a Kazakh name of several words in the Latin alphabets in use: with acute accents (2018), and in plain letters."""
    if " " not in name or not _KAZAKH.search(name.lower()):
        return set()
    return {"".join(_romanised(char, letters) for char in name) for letters in (_ACUTE, _PLAIN)}


def _romanised(char: str, letters: dict[int, str]) -> str:
    latin = char.lower().translate(letters)
    return latin[:1].upper() + latin[1:] if char.isupper() else latin


def _head(words: list[str]) -> list[Parse] | None:
    """Return the parses of the words up to the head noun: adjectives that agree with it, then the noun, in the nominative."""
    found: list[Parse] = []
    for word in words:
        if not _CYRILLIC.match(word) or word.isupper() or not (_known(word) or (found and len(word) > 3)):
            return None
        parses = [parse for parse in _morphology().parse(word) if "nomn" in parse.tag and _keeps(parse, word)]
        noun = next((parse for parse in parses if "NOUN" in parse.tag and _agree(found, parse)), None)
        adjective = next((parse for parse in parses if ("ADJF" in parse.tag or "PRTF" in parse.tag) and _agree(found, parse)), None)
        if adjective and (not noun or adjective.score > noun.score):
            found.append(adjective)
        elif noun:
            return [*found, noun]
        else:
            return None
    return None


def _known(word: str) -> bool:
    """Say whether a word is in the dictionary, or the last part of a compound: веб-портал."""
    return bool(_morphology().word_is_known(word) or ("-" in word and _morphology().word_is_known(word.rpartition("-")[2])))


def _keeps(parse: Parse, word: str) -> bool:
    """Say whether a parse of a compound declines its last part only: веб-портала, not веба-портала."""
    first, hyphen, _ = word.lower().rpartition("-")
    return not hyphen or (_declined(parse, "gent") or "").startswith(first + hyphen)


def _agree(before: list[Parse], parse: Parse) -> bool:
    last = before[-1] if before else None
    return last is None or (last.tag.number == parse.tag.number and (last.tag.gender == parse.tag.gender or parse.tag.number == "plur"))


def _declined(parse: Parse, case: str) -> str | None:
    wanted = {case}
    if case == "accs" and "NOUN" not in parse.tag and parse.tag.number == "sing" and parse.tag.gender == "masc":
        wanted.add("inan")
    form = parse.inflect(wanted) or parse.inflect({case})
    return str(form.word) if form else None


def _cased(word: str, like: str) -> str:
    return word[:1].upper() + word[1:] if like[:1].isupper() else word


def kazakh_forms(name: str) -> set[str]:
    """Return a Kazakh name and, where its last consonant softens, its possessive forms (әкімдік, әкімдігінің)."""
    short = _ADJECTIVE.sub("", name)
    soft = data("names.toml")["endings"]["softened"].get(name[-1:].lower())
    return {name, short, *(name[:-1] + soft + end for end in _VOWELS.get(soft or "", ()))}


@cache
def ending() -> re.Pattern[str]:
    """Return the pattern of the endings that may stand behind a name: Kazakh ones at once, any after a hyphen or apostrophe."""
    endings = data("names.toml")["endings"]
    parts = [either(endings[part]) + "?" for part in ("plural", "possessive", "case")]
    kazakh = "".join(parts)
    return compiled(rf"(?:[-'](?:{kazakh}|{either(endings['russian'])})(?<![-'])|{kazakh})(?![\w])")


def spaced(name: str) -> set[str]:
    """Return a folded name with its dashes spaced, tight and left out before figures: «казахстан - 2020», «казахстан-2020»."""
    pieces = re.split(r" ?- (?=\d)| -(?=\d)|(?<=[^\W\d])-(?=\d{4})|(?<=\d{4})-(?=\d{4})| - ", name)
    if len(pieces) == 1 or len(pieces) > 4:
        return {name}
    return {
        "".join(part for pair in zip(pieces, [*joints, ""], strict=True) for part in pair)
        for joints in product((" - ", "-", " "), repeat=len(pieces) - 1)
    }

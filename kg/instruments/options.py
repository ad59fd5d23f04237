"""Options of the instruments as people write them: words with commas, answers, a language."""

from __future__ import annotations

from kg.errors import BadParameter
from kg.query.labels import LANGUAGES


def words(text: str | None) -> list[str]:
    """Return what stands between commas, nothing for None."""
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def points(text: str) -> list[int]:
    """Return answers of the five-point scale: `5`, `4,5`; raises BadParameter."""
    found = words(text)
    if not found or any(word not in ("1", "2", "3", "4", "5") for word in found):
        raise BadParameter("satisfaction", "satisfied", f"is {text!r}; write answers from 1 to 5 with commas, such as 5 or 4,5")
    return sorted({int(word) for word in found})


def language(instrument: str, text: str) -> str:
    """Return a language that labels come in; raises BadParameter."""
    if text not in LANGUAGES:
        raise BadParameter(instrument, "lang", f"is {text!r}; give one of {', '.join(LANGUAGES)}", LANGUAGES)
    return text

"""In which language names are shown: `lang`, then Accept-Language, each with its fallbacks (kk → ru → en)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request

from api.negotiation import languages
from kg.errors import Impossible
from kg.query.labels import LANGUAGES, chain

Lang = Annotated[str | None, Query(description="Language of labels (en, ru, kk); goes before Accept-Language", examples=["ru"])]


def reading_languages(request: Request, lang: str | None) -> list[str]:
    """Return the languages to show names in, best first; raises Impossible for an unknown `lang`.

    Unknown languages of the header are passed over.
    """
    if lang and lang not in LANGUAGES:
        raise Impossible("lang", lang, "there are no names in that language", LANGUAGES)
    wished = [lang] if lang else languages(request.headers.get("accept-language"))
    known = [tag for tag in wished if tag in LANGUAGES] or ["en"]
    return list(dict.fromkeys(tag for language in known for tag in chain(language)))

"""Programmes spoken of past their end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.linking.mentions import Mention
from kg.linting.facts import Facts, Run
from kg.linting.findings import Finding, Written
from kg.linting.placed import Placed
from kg.linting.sentences import Sentences

_NOW = re.compile(
    r"\b(?:is|are) (?:currently |now |being |still |actively )*(?:implement(?:ed|ing)|carried out|under way|underway|running"
    r"|in progress|in force)\b"
    r"|\b(?:is|are) being (?:carried out|realised|realized|executed)\b|\bcurrently\b[^.;]{0,40}\b(?:implement|runs|operat)"
    r"|\b(?:реализуется|реализуются|действует|осуществляется|выполняется|продолжает(?:ся)? (?:реализ|действ)\w*)\b"
    r"|жүзеге асырылуда|іске асырылуда|жүзеге асырылып (?:жатыр|келеді)|іске асырылып (?:жатыр|келеді)|орындалып жатыр|қолданыста",
    re.IGNORECASE,
)
_THEN = re.compile(
    r"\b(?:was|were|had|until|ended|completed|in (?:19|20)\d\d)\b|\bбыл[аио]?\b|заверш|\bв (?:19|20)\d\d|аяқталды|болған|(?:19|20)\d\d жыл",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:no longer|not)\b|\bне (?:реализу|действу|осуществл)|\bуже не\b|емес", re.IGNORECASE)
_YEARS = re.compile(
    r"[\s»”\"'(),–—-]{0,4}(?:(?:for|на|the|period|период|программ\w*|programme|program|бағдарлам\w*)\s*){0,3}[\s(]{0,2}"
    r"(?:(?P<first>(?:19|20)\d\d)\s?[-–—]\s?(?P<last>(?:19|20)\d\d)(?!\d)|(?:until|till|up to|до|through)\s(?P<until>(?:19"
    r"|20)\d\d)(?!\d)|(?P<kk>(?:19|20)\d\d) жылға дейін)",
    re.IGNORECASE,
)


def ended_findings(
    text: str, mentions: Sequence[Mention], facts: Facts, written: Written | None, sentences: Sentences
) -> Iterator[Finding]:
    """Yield the programmes that are said to run past their end: by years behind their name, or in the present tense after it."""
    programmes = Placed(mention for mention in mentions if mention.type == "programme")
    for mention in mentions:
        run = facts.programmes.get(mention.iri or "") if mention.type == "programme" else None
        if run is None or run.end is None or sentences.tabular(mention.start):
            continue
        if finding := _years(text, mention, run, facts) or _present(mention, run, facts, written, sentences, programmes):
            yield finding


def _years(text: str, mention: Mention, run: Run, facts: Facts) -> Finding | None:
    assert run.end
    found = _YEARS.match(text, mention.end)
    if not found or re.search(r"(?:19|20)\d\d", mention.surface):
        return None
    year = int(found.group("last") or found.group("until") or found.group("kk"))
    first = int(found.group("first") or 0)
    if year <= run.end.year or year in {end for end, _ in run.ends} or (first and first > run.end.year):
        return None
    said = f"{_name(mention, facts)} is given with the year {year}, and ended in {run.end.year}"
    return _finding(text[mention.start : found.end()], mention, found.end(), run, said)


def _present(
    mention: Mention, run: Run, facts: Facts, written: Written | None, sentences: Sentences, programmes: Placed[Mention]
) -> Finding | None:
    assert run.end
    latest = max([run.end.year, *(year for year, _ in run.ends)])
    if written is None or written.day <= run.end or written.day.year <= latest:
        return None
    start, end = sentences.at(mention.start)
    words = sentences.text[start:end]
    alone = len(programmes.starting(start, end)) == 1
    if not alone or not _NOW.search(words) or _NOT.search(words) or _THEN.search(words.replace(mention.surface, " ")):
        return None
    least = "" if written.given else ", at the earliest"
    said = f"{_name(mention, facts)} ended on {run.end}, and the document{least} of {written.day} speaks of it in the present"
    return _finding(mention.surface, mention, mention.end, run, said)


def _finding(surface: str, mention: Mention, end: int, run: Run, said: str) -> Finding:
    evidence = tuple(replace(source, agrees=False) for _, source in run.ends)
    return Finding(
        "Programme-ended", "warning", said, mention.start, end, surface, mention.iri, evidence, f"it ran until {run.end}" if run.end else ""
    )


def _name(mention: Mention, facts: Facts) -> str:
    return f"“{facts.labels.get(mention.iri or '', mention.surface)}”"

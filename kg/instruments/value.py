"""Public value by a framework's dimensions: a scoring sheet against the criteria in the graph. Without a sheet: the empty one."""

from __future__ import annotations

from decimal import Decimal

from kg.analytics import public_value
from kg.analytics.numbers import rounded
from kg.analytics.public_value import Assessed, Criterion, Score
from kg.analytics.reports import Cells, Facts, Report, tab
from kg.analytics.tables import Checked, Table, parse_number
from kg.errors import BadParameter, BadTable, TableProblem
from kg.instruments.reading import read_criteria
from kg.store.base import Store

NAME = "public-value"
FRAMEWORK = "public-value"
SOURCES = (
    "abil-2023/methodology-1", "abil-2023/methodology-2", "abil-2023/methodology-4", "abil-2023/methodology-5", "abil-2023/methodology-6",
)  # fmt: skip
METHOD = (
    "value of a criterion = (score − least) ÷ (most − least), 0 to 1; several raters: their mean",
    "value of a dimension = weighted mean of its criteria that are scored; whole = plain mean of the dimensions, where each has one",
    "completeness = criteria scored ÷ criteria of the framework, in percent; what is not scored is named, never taken as 0",
    "the paper names dimensions and criteria, but no formula: these are the plainest",
)
_COLUMNS = ("criterion", "label", "score", "weight", "rater", "value", "raters", "scored", "criteria")


def run(store: Store, table: Table | None = None, *, framework: str = FRAMEWORK, scale: str = "1:5") -> Report:
    """Assess a sheet (`criterion`, `score`, perhaps `weight`, `rater`) by a framework's criteria. Raises BadParameter, BadTable."""
    low, high = _scale(scale)
    criteria, dimensions, labels = read_criteria(store, NAME, framework)
    if not criteria:  # a flat framework: one dimension of its own name
        criteria, dimensions = [Criterion(slug, framework) for slug in dimensions], [framework]
    scores = _scores(table, criteria, dimensions, low, high) if table else []
    try:
        found = public_value.assess(criteria, dimensions, scores, low, high)
    except ValueError as error:
        raise BadTable([TableProblem(table.name if table else "", 0, "criterion", str(error))]) from None
    by_slug = {one.slug: one for one in found}
    whole = public_value.overall(by_slug, dimensions)
    tops = [by_slug[slug] for slug in dimensions]
    done, of = sum(one.scored for one in tops), sum(one.criteria for one in tops)
    summary: Facts = {
        "value": None if whole is None else rounded(whole, 3), "scored": done, "criteria": of,
        "completeness": rounded(Decimal(100 * done) / of, 1), "missing": tuple(name for one in tops for name in one.missing),
    }  # fmt: skip
    rows = [_row(one, labels, scores, set(dimensions)) for one in found]
    notes = [f"{one.slug} has no score, so that the whole has none" for one in tops if one.value is None and done]
    if not done:
        notes.append("nothing is scored yet: this is the empty sheet; fill in the column `score` and send it back (format csv)")
    inputs: Facts = {"framework": f"framework/{framework}", "scale": scale, "table": table.name if table else None}
    return Report(NAME, METHOD, SOURCES, inputs, summary, (tab("criteria", _COLUMNS, rows),), tuple(notes))


def _scale(text: str) -> tuple[Decimal, Decimal]:
    least, colon, most = text.partition(":")
    low, high = parse_number(least.strip()), parse_number(most.strip())
    if not colon or low is None or high is None or low >= high:
        raise BadParameter(NAME, "scale", f"is {text!r}; write the least and the most score, such as 1:5 or 0:100")
    return low, high


def _scores(table: Table, criteria: list[Criterion], dimensions: list[str], low: Decimal, high: Decimal) -> list[Score]:
    checked = Checked(table, ("criterion", "score"), ("weight", "rater"))
    known = [criterion.slug for criterion in criteria]
    found: dict[tuple[str, str], Score] = {}
    for line in checked:
        if line.cells["criterion"] in dimensions and not line.cells["score"]:
            continue  # a dimension's row of the empty sheet
        slug = checked.choice(line, "criterion", known)
        value = checked.number(line, "score", low, high)
        weight = checked.number(line, "weight")
        if weight is not None and weight <= 0:
            checked.wrong(line, "weight", f"{weight} is no weight; give a number above 0")
            weight = None
        if slug is None or value is None:
            continue
        score = Score(slug, value, Decimal(1) if weight is None else weight, line.cells.get("rater", ""))
        if (score.criterion, score.rater) in found:
            checked.wrong(line, "criterion", f"{slug} is scored twice by one rater; name raters in the column `rater`")
        found[score.criterion, score.rater] = score
    checked.done()
    return list(found.values())


def _row(one: Assessed, labels: dict[str, str], scores: list[Score], dimensions: set[str]) -> Cells:
    own = [score for score in scores if score.criterion == one.slug]
    return {
        "criterion": one.slug, "label": labels.get(one.slug, one.slug), "score": own[0].value if len(own) == 1 else None,
        "weight": own[0].weight if len(own) == 1 else None, "rater": (own[0].rater or None) if len(own) == 1 else None,
        "value": None if one.value is None else rounded(one.value, 3), "raters": one.raters, "scored": one.scored, "criteria": one.criteria,
    }  # fmt: skip

"""A satisfaction survey scored from a respondent-level table, by the graph's criteria or columns of the user's choice."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from statistics import fmean

from kg.analytics import satisfaction
from kg.analytics.numbers import rounded
from kg.analytics.reports import Cells, Facts, Report, tab
from kg.analytics.satisfaction import POINTS, Answer, Item
from kg.analytics.tables import Checked, Table
from kg.errors import BadParameter
from kg.instruments.reading import read_criteria
from kg.store.base import Store

NAME = "satisfaction"
SOURCES = (
    "bokayev-2021/methodology-7", "bokayev-2021/table-1", "bokayev-2021/table-2", "bokayev-2021/table-3",
    "bokayev-2021/satisfaction-5", "bokayev-2021/satisfaction-10",
)  # fmt: skip
FRAMEWORK = "public-service-satisfaction-criteria"
_COLUMNS = ("group", "item", "n", "missing", "mean", "mean_low", "mean_high", "satisfied", "share", "share_low", "share_high")
TOTAL = "all items"


def run(
    store: Store, table: Table, *, framework: str = FRAMEWORK, items: Sequence[str] = (), by: str | None = None,
    weight: str | None = None, satisfied: Sequence[int] = (5,), base: str = "answered", confidence: float = 0.95,
) -> Report:  # fmt: skip
    """Score a table with a row a respondent and a column an item (answers 1 to 5, an empty cell where there is none).

    Items are the columns named as the framework's criteria, or those given. Raises BadParameter, BadTable.
    """
    _check(satisfied, base, confidence)
    known = [] if items else _criteria(store, framework)
    columns = list(items) or [name for name in known if name in table.columns]
    if not columns:
        raise BadParameter(NAME, "items", f"are missing: no column of {table.name} is a criterion of framework/{framework}; name columns, "
                           f"or call them {', '.join(known)}", list(table.columns))  # fmt: skip
    for name, given in (("items", columns), ("by", [by] if by else []), ("weight", [weight] if weight else [])):
        if missing := [column for column in given if column not in table.columns]:
            raise BadParameter(
                NAME,
                name,
                f"names {missing[0]!r}, which is no column of {table.name}; columns are {', '.join(table.columns)}",
                list(table.columns),
            )
    answers = _answers(table, columns, by, weight)
    groups: dict[str | None, list[list[Answer]]] = {None: [row for _, row in answers]}
    for name, row in sorted(answers, key=lambda pair: pair[0]) if by else ():
        groups.setdefault(name, []).append(row)
    rows: list[Cells] = []
    for group, chosen in groups.items():
        scored = [satisfaction.score([given[at] for given in chosen], satisfied, base, confidence) for at in range(len(columns))]
        rows += [_row(group, column, one) for column, one in zip(columns, scored, strict=True)]
        if len(columns) > 1:
            rows.append(_total(group, scored))
    whole = [row for row in rows if row["group"] is None]
    notes = _notes(whole, satisfied, base)
    method = (
        f"mean of the answers, points 1 to 5; share: answers {', '.join(map(str, satisfied))} count as satisfied, in percent of "
        + ("all respondents" if base == "all" else "those who answered the item"),
        f"{TOTAL}: plain mean over items of their means and of their shares",
        f"{100 * confidence:g} % intervals: Wilson's score interval of the share, mean ± t(n − 1) · s ÷ √n"
        + (", n = (Σw)² ÷ Σw²" if weight else ""),
    )
    inputs: Facts = {
        "table": table.name, "framework": None if items else f"framework/{framework}", "items": tuple(columns), "by": by, "weight": weight,
        "satisfied": tuple(map(str, satisfied)), "base": base, "confidence": Decimal(str(confidence)),
    }  # fmt: skip
    last = whole[-1]
    summary: Facts = {"respondents": len(answers), "items": len(columns), "mean": last["mean"], "share": last["share"]}
    return Report(NAME, method, SOURCES, inputs, summary, (tab("items", _COLUMNS, rows),), tuple(notes))


def _criteria(store: Store, framework: str) -> list[str]:
    criteria, tops, _ = read_criteria(store, NAME, framework)
    return [slug.rpartition("/")[2] for slug in [*(one.slug for one in criteria), *tops]]


def _check(satisfied: Sequence[int], base: str, confidence: float) -> None:
    if not satisfied or any(point not in POINTS for point in satisfied) or len(set(satisfied)) == len(POINTS):
        raise BadParameter(NAME, "satisfied", "must name answers from 1 to 5, not all of them, such as 5 or 4,5")
    if base not in ("answered", "all"):
        raise BadParameter(NAME, "base", f"is {base!r}; give answered or all", ["answered", "all"])
    if not 0.5 <= confidence < 1:
        raise BadParameter(NAME, "confidence", f"is {confidence}; give a number from 0.5 to below 1, such as 0.95")


def _answers(table: Table, columns: Sequence[str], by: str | None, weight: str | None) -> list[tuple[str, list[Answer]]]:
    checked = Checked(table, ())
    found = []
    for line in checked:
        heavy = Decimal(1)
        if weight:
            given = checked.number(line, weight)
            if given is None or given <= 0:
                checked.wrong(line, weight, f"{line.cells[weight]!r} is no weight; give a number above 0")
            else:
                heavy = given
        answers = []
        for column in columns:
            value = checked.number(line, column)
            if value is not None and value not in POINTS:
                checked.wrong(line, column, f"{line.cells[column]} is no answer on the five-point scale", list(map(str, POINTS)))
                value = None
            answers.append(Answer(None if value is None else int(value), heavy))
        found.append(((line.cells[by] or "(none)") if by else "", answers))
    checked.done()
    return found


def _row(group: str | None, item: str, one: Item) -> Cells:
    mean, share = one.mean_interval, one.share_interval
    return {
        "group": group, "item": item, "n": one.n, "missing": one.missing, "mean": _two(one.mean),
        "mean_low": _two(mean.low if mean else None), "mean_high": _two(mean.high if mean else None), "satisfied": one.satisfied,
        "share": _share(one.share), "share_low": _share(share.low if share else None), "share_high": _share(share.high if share else None),
    }  # fmt: skip


def _total(group: str | None, scored: Sequence[Item]) -> Cells:
    """Return the plain means over items, none where an item has none."""
    means = [one.mean for one in scored if one.mean is not None]
    shares = [one.share for one in scored if one.share is not None]
    mean = fmean(means) if len(means) == len(scored) else None
    share = fmean(shares) if len(shares) == len(scored) else None
    return {"group": group, "item": TOTAL, "mean": _two(mean), "share": _share(share)}


def _notes(rows: Sequence[Cells], satisfied: Sequence[int], base: str) -> list[str]:
    notes = [f"nobody answered {row['item']}" for row in rows if row.get("n") == 0]
    small = [str(row["item"]) for row in rows if isinstance(n := row.get("n"), int) and 0 < n < 30]
    if small:
        notes.append(f"fewer than 30 answers to {', '.join(small)}: read the intervals, not the figures")
    if base == "all":
        notes.append("the share is of all respondents, the mean of those who answered: a mean may be larger than the share alone allows")
    return notes


def _two(value: float | None) -> Decimal | None:
    return None if value is None else rounded(value, 2)


def _share(value: float | None) -> Decimal | None:
    return None if value is None else rounded(100 * value, 1)

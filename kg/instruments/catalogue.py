"""What instruments there are: each with its question, the columns of its table, its sources and an example input."""

from __future__ import annotations

from dataclasses import dataclass

from kg.instruments import egdi, goals, maturity, readiness, survey, trend, value


@dataclass(frozen=True)
class Instrument:
    """An instrument. `needs` and `takes` are the columns of its table (must be there, may be there); `graph`: it works without a table."""

    name: str
    question: str
    needs: tuple[str, ...]
    takes: tuple[str, ...]
    graph: bool
    sources: tuple[str, ...]
    example: str


INSTRUMENTS = (
    Instrument(
        egdi.NAME, "Where does a country stand in the E-Government Development Index, and where would it stand if?",
        ("area", "osi-value", "tii-value", "hci-value"), ("egdi-value",), True, egdi.SOURCES, "egdi-peers",
    ),
    Instrument(
        egdi.RAW, "What index follows from raw indicators, Z-standardised and brought to 0 to 1?",
        ("area", "component", "indicator", "value"), (), False, egdi.RAW_SOURCES, "egdi-indicators",
    ),
    Instrument(
        trend.NAME, "How did an index and its ranks develop, side by side with peers, and do these come closer together?",
        ("area", "period", "value"), (), True, trend.SOURCES, "trend",
    ),
    Instrument(
        survey.NAME, "How satisfied are the recipients of services, by criterion and group?",
        ("a column an item, answers 1 to 5",), ("a column to break down by", "a column of weights"), False, survey.SOURCES, "satisfaction",
    ),
    Instrument(
        value.NAME, "What public value is created, by dimension and criterion, and what was not assessed?",
        ("criterion", "score"), ("weight", "rater"), True, value.SOURCES, "public-value",
    ),
    Instrument(
        maturity.NAME, "Which stage of digital government is reached, and what does the next one lack?",
        ("stage", "parameter", "value"), ("threshold",), True, ("ziyadin-2019/table-1", "ziyadin-2019/literature-11"), "maturity",
    ),
    Instrument(
        readiness.NAME, "How ready are organisations: shares, figures per organisation, changes?",
        ("indicator", "period", "value"), ("area", "breakdown", "role"), True, readiness.SOURCES, "readiness",
    ),
    Instrument(
        goals.NAME, "Is a goal on its way: trend, distance, required pace, forecast?",
        ("period", "value", "role"), (), True, goals.SOURCES, "monitoring",
    ),
)  # fmt: skip
"""Every instrument, in the order in which people read them."""

"""The JSON that the API speaks. Documented keys never change; unknown keys are to be ignored."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class Node(BaseModel):
    """A thing or a term: IRI, short name and label in the reader's language."""

    iri: str = Field(examples=["https://w3id.org/egovkg/id/act/P1700000827"])
    id: str = Field(description="kind/slug or CURIE", examples=["act/P1700000827"])
    label: str = Field(examples=["On approval of the State Program Digital Kazakhstan"])
    labelLanguage: str | None = Field(default=None, description="Language of the label; null where the short name stands for it")


class Value(BaseModel):
    """A value: a thing (`node`) or a literal with its language or datatype."""

    type: Literal["node", "literal"]
    value: str = Field(description="IRI or lexical form")
    label: str = Field(description="What to show: label of a thing, or the lexical form")
    labelLanguage: str | None = Field(default=None, description="Language of a thing's label")
    id: str | None = None
    iri: str | None = Field(default=None, description="Of a thing: its IRI once more, under the key that the JSON-LD context knows")
    language: str | None = Field(default=None, description="Language of a literal")
    datatype: str | None = None


class Passage(BaseModel):
    """A passage that states a fact. `start` and `end` count code points of the document's canonical text."""

    iri: str
    id: str
    locator: str = Field(examples=["Table 3"])
    document: Node
    doi: str | None = None
    start: int | None = None
    end: int | None = None


class Fact(BaseModel):
    """One property and value with its evidence. `agreement` counts documents; 0 is editorial (identity, not a claim)."""

    property: Node
    value: Value
    agreement: int
    passages: list[Passage]


class Incoming(BaseModel):
    """A claim about another thing that points here."""

    subject: Node
    property: Node
    passages: list[Passage]


class ConflictSide(BaseModel):
    """What one passage says; without `value` where it only gives an input of the computation."""

    passage: str
    document: str
    documentLabel: str = Field(examples=["Orazgaliyeva et al. (2023)"])
    locator: str
    subject: Node | None = Field(default=None, description="What it says it of, where the conflict is about several things")
    value: str | None
    printed: str | None
    unit: str | None = Field(default=None, description="Label of the unit that the passage gives", examples=["million services"])
    text: str | None = Field(default=None, description="Value, unit and printed form as one phrase", examples=["24.2 million services"])


class Conflict(BaseModel):
    """One disagreement, every side of it, and the rule that decides (or `undecided`)."""

    iri: str
    id: str
    kind: str = Field(examples=["arithmetic"])
    kindLabel: str = Field(examples=["arithmetic conflict"])
    label: str
    heading: str = Field(description="What it is about, as a title", examples=["EGDI, Kazakhstan, 2010, observed value"])
    compared: bool = Field(default=False, description="The sides were set beside each other by a curator; each stays a fact")
    subject: str
    subjectNode: Node
    others: list[Node] = Field(default=[], description="Further things that a comparison speaks of; each stays a fact")
    property: str
    propertyNode: Node
    sides: list[ConflictSide]
    accepted: str | None = Field(description="The value taken as fact, as its passage has it, with the unit; null where undecided")
    acceptedIn: str | None = Field(default=None, description="The passage of the value taken as fact")
    decidedBy: str
    decidedByNode: Node
    computed: str | None = None
    computation: str | None = None
    note: str | None = Field(default=None, description="What the curators think of it: which side is likely right, and why")
    rule: str | None = None
    ruleNode: Node | None = None


class Conflicts(BaseModel):
    """Conflicts found; the list is always complete."""

    count: int
    complete: bool = True
    conflicts: list[Conflict]
    view: View | None = Field(default=None, description="The moment asked for with `known`")


class View(BaseModel):
    """The moment that an answer is about, and what it left out."""

    at: str | None = Field(default=None, description="Day on which things are in force", examples=["2009-07-01"])
    known: str | None = Field(default=None, description="Day by which documents are published", examples=["2019-12-31"])
    documents: list[str] = Field(description="Documents whose claims count")
    later: list[str] = Field(description="Documents left out: published after `known`, or undated")
    outside: int = Field(description="Things left out, because they were not in force on the day")
    undated: int = Field(description="Programmes, acts, stages, bodies and systems that no source dates; they are kept")


class Validity(BaseModel):
    """Whether a thing was in force on the day asked for."""

    state: Literal["in-force", "not-in-force", "undated"]
    begin: str | None = None
    end: str | None = None


class Entity(BaseModel):
    """An entity with every fact and the passages that state it. `rejected` are claims that lost; `incoming` may be cut."""

    iri: str
    id: str
    kind: str
    types: list[Node]
    curated: bool = Field(description="False for a thing that is here by name alone, for linking: no source about it is curated")
    label: str
    labelLanguage: str
    labels: dict[str, str]
    facts: list[Fact]
    rejected: list[Fact]
    incoming: list[Incoming]
    conflicts: list[Conflict]
    complete: bool
    view: View | None = Field(default=None, description="The moment asked for with `at` or `known`")
    validity: Validity | None = Field(default=None, description="With `at`: whether the thing was in force")


class Hit(BaseModel):
    """An entity found: which name matched, in which language, and what kind of name it is (`several`: the words stand in several)."""

    iri: str
    id: str
    kind: str
    label: str
    labelLanguage: str | None = Field(
        default=None, description="Language of `label`; null where the thing has none and its short IRI stands for it"
    )
    matched: str
    matchedLanguage: str | None
    matchedBy: str
    how: str = Field(
        default="exact",
        description="exact, code, form (the whole name in another form), prefix, phrase, words, several, inflected, part, misspelt",
    )
    score: float = Field(default=1.0, description="1 for a whole name, down to 0.2 for a misspelt one; goes with `how`")
    curated: bool = Field(default=True, description="False for a thing that is here by name alone, for linking")


class DocumentCoverage(BaseModel):
    """How far a document was read for one kind of thing."""

    document: Node
    extent: Literal["complete", "partial", "silent"]
    scope: str


class Empty(BaseModel):
    """Why there are no rows: `none`, the sources say nothing of it; `unknown`, not all were read completely for it."""

    state: Literal["none", "unknown"]
    why: str
    coverage: list[DocumentCoverage]


class Hits(BaseModel):
    """A page of entities. `next` is the address of the next page; `complete` says that there is none."""

    count: int = Field(description="All hits, not only this page's")
    complete: bool
    kinds: dict[str, int] = Field(description="Hits by kind, whatever kind is asked for")
    documents: dict[str, int] = Field(
        default={}, description="Hits of which a document's passages speak, by document, whatever document is asked for"
    )
    undated: int = Field(default=0, description="With `from` or `to`: what was left out because no source dates it")
    hits: list[Hit]
    near: list[str] = Field(default=[], description="Where nothing was found: things whose name looks like it")
    next: str | None
    empty: Empty | None = Field(default=None, description="Why nothing of the kind was found, where no name was asked for")
    behind: str | None = Field(default=None, description="After a write: the release whose names answered, until the index is made anew")
    view: View | None = Field(default=None, description="The moment asked for with `at` or `known`")


class QueryParameter(BaseModel):
    """A parameter of a named query. Without default it must be given, unless optional."""

    name: str
    type: str = Field(examples=["entity programme", "date", "code date-precision"])
    description: str
    example: str
    default: str | None = None
    optional: bool


class QueryColumn(BaseModel):
    """A column of a named query's answer, and what it means."""

    name: str
    description: str


class NamedQuery(BaseModel):
    """A question with typed parameters. `example` is the address of a call that answers."""

    name: str
    question: str = Field(examples=["Which programmes were in force on a day?"])
    questions: dict[str, str] = Field(description="The question by language")
    kind: str = Field(description="The kind of thing that it asks about", examples=["programme"])
    parameters: list[QueryParameter]
    columns: list[QueryColumn]
    example: str
    sparql: str


class NamedQueries(BaseModel):
    """The named queries; the list is always complete."""

    count: int
    complete: bool = True
    queries: list[NamedQuery]


class QueryAnswer(BaseModel):
    """The rows of a named query, whole. A cell without a value is null."""

    name: str
    question: str
    parameters: dict[str, str] = Field(description="Every parameter as it was understood, defaults filled in")
    columns: list[QueryColumn]
    count: int
    complete: bool = True
    rows: list[dict[str, Value | None]]
    empty: Empty | None = Field(description="Why there are no rows; null where there are some")
    view: View | None = Field(default=None, description="The moment asked for with `at` or `known`")


class Instrument(BaseModel):
    """An instrument of a paper. `graph`: it also answers a GET, from the graph alone."""

    name: str = Field(examples=["monitoring"])
    question: str
    needs: list[str] = Field(description="Columns that its table must have")
    takes: list[str] = Field(description="Columns that its table may have")
    graph: bool
    sources: list[str] = Field(description="Passages that state it", examples=[["ziyadin-2019/methodology-7"]])
    address: str
    example: str = Field(description="A table to send, as CSV")


class Instruments(BaseModel):
    """The instruments; the list is always complete."""

    count: int
    complete: bool = True
    instruments: list[Instrument]


Cell = str | int | float | bool | None
"""A value of a result; null is "not known", never zero."""


class InstrumentTable(BaseModel):
    """A table of a result; always whole."""

    name: str = Field(examples=["ranking"])
    columns: list[str]
    count: int
    rows: list[dict[str, Cell]]


class InstrumentReport(BaseModel):
    """What an instrument found: method with formulas and units, passages that state it, inputs as understood, result, what to know."""

    instrument: str = Field(examples=["egdi"])
    method: list[str]
    sources: list[str] = Field(description="Passages that state the method", examples=[["ziyadin-2019/methodology-7"]])
    data: list[str] = Field(description="Passages that state the figures read from the graph", examples=[["orazgaliyeva-2023/table-3"]])
    inputs: dict[str, Cell | list[str]]
    summary: dict[str, Cell | list[str]] = Field(examples=[{"area": "KAZ", "index": 0.7597, "rank": 1}])
    tables: list[InstrumentTable]
    notes: list[str] = Field(description="What is missing, deviates or must be known before use")
    complete: bool = True

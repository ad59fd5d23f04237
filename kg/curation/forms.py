"""The fixed part of a record's form: editorial keys, passages, coverage, rules. Claims are open: the ontology rules them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

import pyoxigraph as ox
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

SLUG = r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*"
"""What a slug looks like: also the path of a record below its kind's folder."""

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Slug = Annotated[str, StringConstraints(pattern=f"^{SLUG}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]+$")]
Codes = Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9-]+(\+[A-Za-z0-9-]+)*)?$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[str, StringConstraints(min_length=1)]


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _address(value: str) -> str:
    try:
        return ox.NamedNode(value).value
    except ValueError as error:
        raise ValueError(f"{value!r} is no address ({error}); write it whole, from https:// on, without blanks") from None


Iris = Annotated[tuple[Annotated[str, AfterValidator(_address)], ...], BeforeValidator(_as_list)]
Many = Annotated[tuple[Text, ...], BeforeValidator(_as_list)]
Labels = dict[Language, Text]
Names = dict[Language, Many]


class Form(BaseModel):
    """A part of a record; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Canonical(Form):
    """The canonical text of a document, known by its digest alone."""

    sha256: Digest


class Quote(Form):
    """A stretch of text by its first and last words; only in drafts."""

    from_: Text = Field(alias="from")
    to: Text


class PassageForm(Form):
    """A passage: `start` and `end` in code points of the canonical text, or, in a draft, the quote to find."""

    locator: Text
    type: Literal["table", "paragraph", "reference", "figure", "front-matter"] = "paragraph"
    start: int | None = Field(default=None, ge=0)
    end: int | None = Field(default=None, ge=1)
    sha256: Digest | None = None
    quote: Quote | Text | None = None

    @model_validator(mode="after")
    def _whole(self) -> PassageForm:
        given = [value is not None for value in (self.start, self.end, self.sha256)]
        if any(given) and not all(given):
            raise ValueError("give `start`, `end` and `sha256` together, or a `quote` and run `egovkg check --fix --sources DIR`")
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise ValueError("`start` must be smaller than `end`; both count code points of the canonical text")
        return self


class CoverageForm(Form):
    """What of a kind the curators took from a document; `from` and `to` are the years that the document speaks of."""

    kind: Code
    extent: Literal["complete", "partial"]
    scope: Labels
    from_: int | None = Field(default=None, alias="from", ge=0, le=9999)
    to: int | None = Field(default=None, ge=0, le=9999)

    @model_validator(mode="after")
    def _ordered(self) -> CoverageForm:
        if self.from_ is not None and self.to is not None and self.from_ > self.to:
            raise ValueError("`from` is a later year than `to`; turn them round")
        return self


class UnclaimedForm(Form):
    """Numbers of a passage that no claim needs to carry, as printed, and why."""

    passage: Slug
    numbers: Annotated[Many, Field(min_length=1)]
    why: Annotated[Labels, Field(min_length=1)]


class InputForm(Form):
    """One input of an arithmetic rule."""

    indicator: Slug
    breakdown: Codes = ""
    weight: Decimal = Decimal(1)


class RuleForm(Form):
    """An arithmetic rule as data; see kg/claims/arithmetic.py for what each kind computes."""

    kind: Literal["weighted-mean", "sum", "ratio", "growth", "fall", "contribution", "between", "peak"]
    result: InputForm
    inputs: tuple[InputForm, ...] = Field(min_length=1)
    periods: tuple[str, ...] = ()
    exceptPeriods: tuple[str, ...] = ()
    tolerance: Decimal | None = Field(default=None, gt=0)
    exceptZero: bool = False

    @model_validator(mode="after")
    def _computable(self) -> RuleForm:
        wanted = {"ratio": 2, "contribution": 2, "growth": 1, "fall": 1, "peak": 1}.get(self.kind, len(self.inputs))
        if len(self.inputs) != wanted:
            raise ValueError(f"a rule of kind `{self.kind}` has {wanted} of `inputs`, not {len(self.inputs)}; correct `kind` or `inputs`")
        if self.kind == "weighted-mean" and not sum(source.weight for source in self.inputs):
            raise ValueError("the weights of `inputs` add up to 0; a weighted mean divides by their sum, so correct them")
        return self


class CompareForm(Form):
    """What two or more passages say of what is the same matter, though not one and the same thing; see kg/claims/comparisons.py.

    `property` is a claim key, `of` names the things (`kind/slug`), `stated` limits the claims to some passages.
    """

    kind: Literal["value", "unit", "period", "scope", "identity", "table-table", "text-table"]
    property: Text
    of: Annotated[tuple[Text, ...], BeforeValidator(_as_list), Field(min_length=1)]
    stated: Many = ()


class RecordForm(Form):
    """A record file. `claims` items are read by the ontology: see kg/curation/reading.py."""

    type: Many
    label: Labels
    altLabel: Names = {}
    hiddenLabel: Names = {}
    notation: Many = ()
    exactMatch: Iris = ()
    closeMatch: Iris = ()
    examples: Many = ()
    not_: Many = Field(default=(), alias="not")
    identifiers: dict[Code, Text] = {}
    aliases: Annotated[tuple[Slug, ...], BeforeValidator(_as_list)] = ()
    note: Names = {}
    authority: str | None = None
    unit: str | None = None
    text: Canonical | None = None
    passages: dict[Slug, PassageForm] = {}
    coverage: tuple[CoverageForm, ...] = ()
    unclaimed: tuple[UnclaimedForm, ...] = ()
    rule: RuleForm | None = None
    compare: CompareForm | None = None
    claims: tuple[dict[str, object], ...] = ()

    @model_validator(mode="after")
    def _some_claim(self) -> RecordForm:
        if not self.claims and not self.examples and self.rule is None and self.compare is None:
            raise ValueError(
                "a record needs at least one claim with `stated` (if a source only names it, use `mentionedBy`), "
                "or `examples`: names as documents print them, by which the linker finds a thing of which no source is curated"
            )
        return self

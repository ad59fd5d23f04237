"""The JSON of profiles: elements of a framework, where each stands and by what, and what follows. The rest is in models.py."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.models import Node, Passage, View


class ProfileCode(BaseModel):
    """A code of a list with its label: reached, ahead, a rule."""

    code: str = Field(examples=["ahead"])
    label: str = Field(examples=["опережает"])


class ProfileStated(ProfileCode):
    """A code that passages state."""

    passages: list[Passage]


class ProfileComputed(ProfileCode):
    """A code that we compute, by the rule named; no passage states it."""

    rule: ProfileCode


class ProfileAssessment(BaseModel):
    """What one record says of an element; `note` says how we read the passage's words."""

    assessment: Node
    attainment: ProfileStated | None
    standing: ProfileStated | None
    published: str | None = Field(description="When the latest document that says so was published", examples=["2025-12-31"])
    note: str | None


class ProfileElement(BaseModel):
    """An element of a framework in an area. `attainment` and `standing` are stated by passages, `computed` is concluded by a rule."""

    element: Node
    broader: str = Field(description="What it stands right below: its dimension or another element")
    depth: int = Field(description="0 right below the dimension")
    level: Node | None = Field(description="Level of the scale that the element goes with")
    levelPassages: list[Passage] = Field(description="What ties the element to the level")
    state: ProfileCode = Field(description="unknown (no passage assesses it: not the same as absent), stated or disputed")
    attainment: ProfileStated | None = Field(description="reached, partial, emerging or absent")
    standing: ProfileStated | None = Field(description="ahead, on-level, lagging or not-due, as passages say")
    computed: ProfileComputed | None = Field(description="The standing by our rules; null where attainment or a level is not known")
    assessments: list[ProfileAssessment]
    earlier: list[ProfileAssessment] = Field(description="By documents published before; they do not count")
    bearing: list[Node] = Field(description="Other elements, assessed, that concern this one")


class ProfileDimension(BaseModel):
    """A dimension; one of them is the scale, whose elements right below it are the levels."""

    dimension: Node
    isScale: bool
    elements: list[ProfileElement]


class ProfileLevel(BaseModel):
    """The area's own level, computed from the elements of `basis`."""

    level: Node
    basis: list[Node]
    rule: ProfileCode


class ProfileAdvice(BaseModel):
    """A recommendation. `ofFramework`: it concerns the framework itself; else it is given for the area by name."""

    recommendation: Node
    ofFramework: bool
    shared: list[Node] = Field(description="What it and the element that it answers both concern")
    passages: list[Passage]


class ProfilePriority(BaseModel):
    """An element that lags, and the recommendations that answer it by the rule `shared-subject`."""

    element: Node
    answers: list[ProfileAdvice]
    rule: ProfileCode


class ProfileOverall(BaseModel):
    """A finding on the area in the framework as a whole."""

    finding: Node
    passages: list[Passage]


class Profile(BaseModel):
    """An area in one framework, computed from the claims; always complete."""

    framework: Node
    assessed: bool = Field(description="Whether any element is assessed")
    needed: str | None = Field(description="What is missing where the area or its own level is unknown")
    overall: list[ProfileOverall]
    ownLevel: ProfileLevel | None
    ahead: list[Node] = Field(description="Elements ahead, by a passage or by a rule: see the element")
    lagging: list[Node] = Field(description="Elements that lag, by a passage or by a rule: see the element")
    dimensions: list[ProfileDimension]
    first: list[ProfilePriority] = Field(description="What to do first, lowest level first")
    general: list[ProfileAdvice] = Field(description="Further advice of the framework")


class Profiles(BaseModel):
    """The profiles of an area, one a framework that has a scale."""

    area: Node
    profiles: list[Profile]
    view: View | None = Field(default=None, description="The moment asked for with `known`")

"""The words of `kinds/{kind}.yaml`: a site's own kind of equipment, or changes to one of Atrium's, in the words of `sensors/`.

What is not written of something that is changed stays as it is; what is new needs the rest, which `kinds` complains about.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from daemon.config.vocabulary import Figure, Id, Seconds, TextWords, Urgency, Words

Span = Annotated[list[Figure], Field(min_length=2, max_length=2)]
Period = Annotated[float, Field(gt=0, le=30 * 86400, allow_inf_nan=False)]
Size = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Marked = Annotated[str, StringConstraints(pattern=r"^(?:S:[\w-]+|K|J)(?:\W.*)?$")]
PointName = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]*(?:\{[a-z]\}[a-z0-9_]*)?$", max_length=64)]
ParamName = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]*$", max_length=64)]
LimitName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_{}]+\.(?:LL|L|H|HH|STATE)(?:-[2-9])?$")]
RuleName = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,4}-[A-Z]?[0-9]{1,3}$")]

EVIDENCE = "Where it comes from: S:key … (seen in a source), K … (knowledge of a standard), J … (engineering judgment)."


class ParamWords(Words):
    """A figure of the site, P.name in conditions."""

    default: Figure | None = None
    unit: str | None = None
    says: TextWords | None = None
    evidence: Marked | None = Field(None, description=EVIDENCE)


class AgainstWords(Words):
    """What a gauge is held against to see it drift (DQ-05): another point, or its zero while a machine stands still."""

    point: PointName | None = Field(
        None, description="The point whose reading it ought to have; its own name: the other instances. None: zero."
    )
    times: Figure | None = Field(None, description="It ought to read so many times what that point reads. Default: 1.")
    still: list[PointName] = Field(default_factory=list, description="Compared only while all these switches are off.")
    apart: bool = Field(default=False, description="A constant lies between them that nobody wrote down: only a change counts.")


class OwnPointWords(Words):
    """A point. Its name may hold one instance letter in braces: pump{i}_run."""

    says: TextWords | None = None
    unit: str | None = None
    type: Literal["float", "int", "bool", "enum", "counter", "text"] | None = Field(None, description="Default: float.")
    span: Span | None = Field(None, description="Range of the sensor, in its unit.")
    normal: Span | str | None = Field(None, description="Usual band in its unit, or words for it.")
    every: Period | None = Field(None, description="Sample period in seconds; none where it is sent on change.")
    heartbeat: Period | None = Field(None, description="Seconds after which a point that is sent on change is repeated.")
    rest: Period | None = Field(None, description="Sample period while the equipment rests.")
    resolution: Size | None = None
    noise: Size | None = None
    off: TextWords | None = Field(None, description="Of a bool: what 0 means, as a sentence.")
    on: TextWords | None = Field(None, description="Of a bool: what 1 means, as a sentence.")
    states: dict[str, TextWords] | None = Field(None, description="Of an enum: its states and their words.")
    instances: Annotated[int, Field(ge=1, le=999)] | None = Field(None, description="How many there usually are.")
    digits: Literal["d", "02d", "03d"] | None = Field(None, description="How the instance number is written.")
    ucum: str | None = None
    note: str | None = None
    against: AgainstWords | None = Field(None, description="What it is held against to see it drift (DQ-05).")


class OwnLimitWords(Words):
    """A limit, under its rule name: point.LL, L, H, HH or STATE."""

    value: bool | Figure | str | list[str] | None = Field(None, description="Threshold in the point's unit, or the state.")
    expr: str | None = Field(None, description="The threshold from parameters: P.set_pressure + 0.1")
    op: Literal["==", "!=", "in"] | None = Field(None, description="Of a STATE. Default: ==, or in for a list.")
    severity: Urgency | None = None
    on: Seconds | None = None
    off: Seconds | None = None
    deadband: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    when: str | None = Field(None, description="Judged only while this condition is true.")
    also: list[PointName] | None = Field(None, description="Further points it stands for.")
    transform: Literal["", "abs"] | None = None
    because: str | None = None
    evidence: Marked | None = Field(None, description=EVIDENCE)


class OwnSignatureWords(Words):
    """A failure across points, under its id: HX-01."""

    says: TextWords | None = None
    severity: Urgency | None = Field(None, description="The worst it can have.")
    when: str | None = Field(None, description="The condition: docs/conditions.md.")
    do: TextWords | None = Field(None, description="What to do first.")
    causes: list[TextWords] | None = None
    hides: list[str] | None = Field(None, description="Rules that it explains: main_pressure.LL, HX-02.")
    on: Seconds | None = None
    off: Seconds | None = None
    note: str | None = None
    evidence: Marked | None = Field(None, description=EVIDENCE)


class OwnTaskWords(Words):
    """An inspection or test, under its id: HX-T1."""

    says: TextWords | None = None
    every_days: Size | None = None
    interval: str | None = None
    items: TextWords | None = None
    basis: str | None = None
    evidence: Marked | None = Field(None, description=EVIDENCE)


class KindWords(Words):
    """One kind of equipment: kinds/{kind}.yaml."""

    kind: Id = Field(description="The same as the file name; what devices write as their kind.")
    extends: str | None = Field(None, description="A kind of Atrium: what is not written here stays as it is there.")
    says: TextWords | None = Field(None, description="Its name.")
    explains: TextWords | None = Field(None, description="What it is, for residents.")
    scope: str | None = None
    headline: list[str] | None = Field(None, description="Points to show first.")
    without: list[str] = Field(
        default_factory=list, description="Points, limits, signatures and tasks of `extends` to leave out."
    )
    params: dict[ParamName, ParamWords] = Field(default_factory=dict)
    points: dict[PointName, OwnPointWords] = Field(default_factory=dict)
    limits: dict[LimitName, OwnLimitWords] = Field(default_factory=dict)
    signatures: dict[RuleName, OwnSignatureWords] = Field(default_factory=dict)
    tasks: dict[RuleName, OwnTaskWords] = Field(default_factory=dict)

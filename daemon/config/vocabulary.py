"""What all models of configuration words share: no unknown keys, nothing converted silently, the same ids and figures."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
Figure = Annotated[float, Field(allow_inf_nan=False)]

Seconds = Annotated[float, Field(ge=0, le=7 * 86400, allow_inf_nan=False)]
Urgency = Literal["critical", "major", "minor", "info"]


class Words(BaseModel):
    """What every model shares: unknown keys are refused, nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class TextWords(Words):
    """A text for people, in Chinese and English."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

"""What all models of configuration words share: no unknown keys, nothing converted silently, the same ids and figures."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
Figure = Annotated[float, Field(allow_inf_nan=False)]


class Words(BaseModel):
    """What every model shares: unknown keys are refused, nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

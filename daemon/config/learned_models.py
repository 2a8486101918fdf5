"""The words of `learned:` in `sites/{site}.yaml`: how a site learns what is usual."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from daemon.config.vocabulary import Words


class LearnedWords(Words):
    """What is usual here is learned, and what is not is put on the review list. Where this is missing, nothing is learned."""

    tickets: bool = Field(default=False, description="A minor ticket by itself where two detectors name the same point.")
    memory_mb: Annotated[int, Field(ge=1, le=65536)] = Field(64, description="For the shapes that are remembered.")
    per_month: Annotated[float, Field(gt=0, allow_inf_nan=False)] = Field(
        0.25, description="Entries that a healthy device may cause in a month."
    )
    systems: bool = Field(default=False, description="Also how ten and more points of a device go together.")

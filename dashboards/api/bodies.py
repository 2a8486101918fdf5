"""JSON bodies → checked words of a person. Unknown keys are refused, so that nothing can be slipped in."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Words = Annotated[str, Field(max_length=2000)]
Name = Annotated[str, Field(max_length=64)]


class Deed(BaseModel):
    """An action on a ticket or alarm. `version` is what the person saw."""

    model_config = ConfigDict(extra="forbid")

    version: int
    note: Words = ""
    reason: Words = ""
    until: str | float | None = None  # RFC 3339 or epoch seconds: the end of a shelf

    @property
    def words(self) -> str:
        """What was written, whichever field it stands in."""
        return self.note or self.reason


class Remark(Deed):
    """A comment changes nothing that others may have changed, so it needs no version."""

    version: int | None = None  # type: ignore[assignment]


class Hand(Deed):
    """To whom a ticket is handed."""

    assignee: Name = ""
    team: Name = ""

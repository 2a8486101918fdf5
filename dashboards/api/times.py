"""Times as programs write them (RFC 3339, epoch seconds) → epoch seconds."""

from __future__ import annotations

from datetime import UTC, datetime

from dashboards.problems import Problem


def seconds(given: str | float) -> float:
    """Raises Problem 422. A time without a zone is UTC."""
    try:
        return float(given)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(str(given).replace(" ", "+"))
    except ValueError as error:
        raise Problem(422, "time") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()

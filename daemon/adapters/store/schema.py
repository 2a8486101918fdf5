"""The tables of what must not be lost, one schema for SQLite and PostgreSQL. Columns carry the names of the nouns' fields.

Times are epoch seconds (UTC). Nested nouns (texts, reasons, evidence) are JSON.

What makes a second ticket impossible stands here: `ticket.incident_key` is unique, and a partial unique index allows one ticket
per (site, cause) that has not ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    false,
    text,
)

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

ENDED = ("closed", "cancelled")
_NOT_ENDED = text("state NOT IN ('closed', 'cancelled') AND cause <> ''")
_ACTIVE = text("returned_at IS NULL")
_DUE = text("state = 'due'")
_UNSENT = text("state <> 'sent' AND rank = 0")

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

# SQLite numbers rows by itself only in a column declared INTEGER; AUTOINCREMENT keeps a position from being used twice.
Position = BigInteger().with_variant(Integer, "sqlite")


def _need(name: str, kind: type[TypeEngine[Any]], *, unique: bool = False, default: Any = None) -> Column[object]:  # noqa: ANN401 - text or SQL
    return Column(name, kind(), nullable=False, unique=unique, server_default=default)


def _log(name: str, *columns: Column[object], position: str = "pos") -> Table:
    """A table that only grows at its end."""
    return Table(
        name, metadata, Column(position, Position, primary_key=True, autoincrement=True), *columns, sqlite_autoincrement=True
    )


journal = _log("journal", _need("at", Double), Column("packed", LargeBinary, nullable=False))

snapshot = Table(
    "snapshot",
    metadata,
    _need("site", Text),
    _need("device", Text),
    _need("digest", Text),
    Column("pos", Position, nullable=False),
    Column("packed", LargeBinary, nullable=False),
    PrimaryKeyConstraint("site", "device", "digest"),
)

action = _log("action", _need("at", Double), _need("by", Text), _need("kind", Text), _need("target", Text), _need("data", JSON))

ticket = Table(
    "ticket",
    metadata,
    Column("id", Text, primary_key=True),
    _need("number", Text, unique=True),
    _need("public_id", Text, unique=True),
    Column("incident_key", Text, unique=True),  # null for tickets that no incident opened
    _need("site", Text),
    _need("device", Text),
    _need("room", Text),
    _need("cause", Text),
    _need("rules", JSON),
    _need("severity", Text),
    _need("title", JSON),
    _need("reason", JSON),
    _need("do_first", JSON),
    _need("causes", JSON),
    _need("opened_at", Double),
    _need("state", Text),
    _need("origin", Text),
    _need("work_class", Text),
    _need("team", Text),
    _need("assignee", Text),
    Column("signal_normal_at", Double),
    _need("photos", Integer),
    _need("repeats", Integer),
    Column("closed_at", Double),
    _need("evidence", JSON),
    _need("version", Integer),
    _need("events", Integer),
)
Index(
    "one_open_ticket_per_cause",
    ticket.c.site,
    ticket.c.cause,
    unique=True,
    sqlite_where=_NOT_ENDED,
    postgresql_where=_NOT_ENDED,
)
Index("ix_ticket_opened_at", ticket.c.opened_at)
Index("ix_ticket_site_cause", ticket.c.site, ticket.c.cause)

ticket_event = Table(
    "ticket_event",
    metadata,
    Column("ticket", Text, ForeignKey("ticket.id"), nullable=False),
    _need("seq", Integer),
    _need("at", Double),
    _need("type", Text),
    _need("by", Text),
    _need("note", Text),
    _need("data", JSON),
    PrimaryKeyConstraint("ticket", "seq"),
)

attachment = Table(
    "attachment",
    metadata,
    Column("id", Text, primary_key=True),
    Column("ticket", Text, ForeignKey("ticket.id"), nullable=False, index=True),
    _need("kind", Text),
    _need("at", Double),
    _need("by", Text),
    _need("path", Text),
    _need("bytes", Integer),
    _need("sha256", Text),
)

counter = Table(
    "counter", metadata, _need("prefix", Text), _need("day", Text), _need("last", Integer), PrimaryKeyConstraint("prefix", "day")
)

incident = Table(
    "incident",
    metadata,
    Column("id", Text, primary_key=True),
    _need("site", Text),
    _need("device", Text),
    _need("opened_at", Double),
)

alarm_episode = Table(
    "alarm_episode",
    metadata,
    Column("id", Text, primary_key=True),
    _need("site", Text),
    _need("device", Text),
    _need("rule", Text),
    _need("severity", Text),
    _need("breach_ts", Double),
    _need("raised_at", Double),
    _need("reason", JSON),
    Column("incident", Text, ForeignKey("incident.id"), nullable=False, index=True),
    _need("hidden_by", Text),
    Column("returned_at", Double),
    _need("paged", Boolean),
    Column("acknowledged_at", Double),
    _need("acknowledged_by", Text),
    _need("version", Integer),
)
Index("ix_alarm_episode_raised_at", alarm_episode.c.raised_at)
Index(
    "ix_alarm_episode_active",
    alarm_episode.c.site,
    alarm_episode.c.raised_at,
    sqlite_where=_ACTIVE,
    postgresql_where=_ACTIVE,
)

shelf = Table(
    "shelf",
    metadata,
    Column("episode", Text, ForeignKey("alarm_episode.id"), primary_key=True),
    _need("until", Double),
    _need("by", Text),
    _need("reason", Text),
)

event = _log("event", _need("at", Double), _need("site", Text), _need("type", Text), _need("body", JSON), position="seq")

outbox = _log(
    "outbox",
    _need("key", Text, unique=True),
    _need("at", Double),
    _need("person", Text),
    _need("channel", Text),
    _need("ticket", Text),
    _need("severity", Text),
    _need("rank", Integer),
    _need("why", Text),
    _need("title", JSON),
    _need("body", JSON),
    _need("state", Text),  # due sent failed
    _need("attempts", Integer),
    _need("due_at", Double),
    Column("sent_at", Double),
    _need("error", Text),
    _need("site", Text, default=""),
    _need("cause", Text, default=""),
    _need("further", JSON, default="[]"),
    _need("reaches", Boolean, default=false()),
    _need("message", Text, default=""),  # the key under which several leave together
    position="id",
)
Index("ix_outbox_due", outbox.c.rank, outbox.c.due_at, sqlite_where=_DUE, postgresql_where=_DUE)
Index("ix_outbox_lane", outbox.c.channel, outbox.c.rank, outbox.c.due_at, sqlite_where=_DUE, postgresql_where=_DUE)
Index("ix_outbox_ticket", outbox.c.ticket)
Index("ix_outbox_unsent", outbox.c.ticket, sqlite_where=_UNSENT, postgresql_where=_UNSENT)

rejected_message = _log(
    "rejected_message",
    _need("topic", Text),
    _need("code", Text),
    _need("reason", Text),
    _need("at", Double),
    Column("payload", LargeBinary, nullable=False),
)

rejected_count = Table("rejected_count", metadata, Column("code", Text, primary_key=True), _need("total", Integer))

user = Table(
    "user",
    metadata,
    Column("name", Text, primary_key=True),
    _need("person", Text),
    _need("roles", JSON),
    _need("password_hash", Text),
    _need("disabled", Boolean),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("user", Text, ForeignKey("user.name"), nullable=False, index=True),
    _need("csrf", Text),
    _need("expires_at", Double),
)

answer = Table(
    "answer",
    metadata,
    Column("key", Text, primary_key=True),  # who asked and their Idempotency-Key
    _need("at", Double),
    _need("status", Integer),
    _need("body", Text),
)

mark = Table("mark", metadata, Column("name", Text, primary_key=True), _need("value", Text))

review_entry = Table(
    "review_entry",
    metadata,
    Column("id", Text, primary_key=True),
    _need("site", Text),
    _need("device", Text),
    _need("opened_at", Double),
    _need("last_at", Double),
    _need("findings", JSON),
    _need("state", Text),  # open accepted dismissed ticket joined
    _need("by", Text),
    Column("decided_at", Double),
    _need("note", Text),
    _need("version", Integer),
)
Index("ix_review_entry_site_state_last_at", review_entry.c.site, review_entry.c.state, review_entry.c.last_at)

# What is learned of a device, whatever the configuration: it takes weeks to learn and an edit must not lose it.
learned = Table(
    "learned",
    metadata,
    _need("site", Text),
    _need("device", Text),
    _need("at", Double),
    Column("packed", LargeBinary, nullable=False),
    PrimaryKeyConstraint("site", "device"),
)

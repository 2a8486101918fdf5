"""First schema: all tables, and triggers that keep ticket events as they were written."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NEVER = "ticket events are never changed"
SQLITE_GUARD = "CREATE TRIGGER ticket_event_no_{} BEFORE {} ON ticket_event BEGIN SELECT RAISE(ABORT, '{}'); END"
REFUSAL = "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{}'; END $$"
GUARD = "CREATE TRIGGER ticket_event_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON ticket_event EXECUTE FUNCTION refuse_change()"
TABLES = (
    "session user shelf alarm_episode incident ticket_event attachment ticket mark answer snapshot "
    "rejected_message rejected_count outbox journal event counter action"
)


def upgrade() -> None:
    """Make everything."""
    log_tables()
    tickets()
    alarms()
    accounts()
    guard_ticket_events()


def log_tables() -> None:
    """What grows at its end, and the small things beside it."""
    op.create_table(
        "action",
        sa.Column("pos", POSITION, autoincrement=True, nullable=False),
        need("at", sa.Double),
        need("by", sa.Text),
        need("kind", sa.Text),
        need("target", sa.Text),
        need("data", sa.JSON),
        sa.PrimaryKeyConstraint("pos", name="pk_action"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "counter",
        need("prefix", sa.Text),
        need("day", sa.Text),
        need("last", sa.Integer),
        sa.PrimaryKeyConstraint("prefix", "day", name="pk_counter"),
    )
    op.create_table(
        "event",
        sa.Column("seq", POSITION, autoincrement=True, nullable=False),
        need("at", sa.Double),
        need("site", sa.Text),
        need("type", sa.Text),
        need("body", sa.JSON),
        sa.PrimaryKeyConstraint("seq", name="pk_event"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "journal",
        sa.Column("pos", POSITION, autoincrement=True, nullable=False),
        need("at", sa.Double),
        need("packed", sa.LargeBinary),
        sa.PrimaryKeyConstraint("pos", name="pk_journal"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "outbox",
        sa.Column("id", POSITION, autoincrement=True, nullable=False),
        need("key", sa.Text),
        need("at", sa.Double),
        need("person", sa.Text),
        need("channel", sa.Text),
        need("ticket", sa.Text),
        need("severity", sa.Text),
        need("rank", sa.Integer),
        need("why", sa.Text),
        need("title", sa.JSON),
        need("body", sa.JSON),
        need("state", sa.Text),
        need("attempts", sa.Integer),
        need("due_at", sa.Double),
        sa.Column("sent_at", sa.Double(), nullable=True),
        need("error", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_due", "outbox", ["rank", "due_at"], **only("state = 'due'"))
    op.create_table(
        "rejected_count",
        need("code", sa.Text),
        need("total", sa.Integer),
        sa.PrimaryKeyConstraint("code", name="pk_rejected_count"),
    )
    op.create_table(
        "rejected_message",
        sa.Column("pos", POSITION, autoincrement=True, nullable=False),
        need("topic", sa.Text),
        need("code", sa.Text),
        need("reason", sa.Text),
        need("at", sa.Double),
        need("payload", sa.LargeBinary),
        sa.PrimaryKeyConstraint("pos", name="pk_rejected_message"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "snapshot",
        need("site", sa.Text),
        need("device", sa.Text),
        need("digest", sa.Text),
        sa.Column("pos", POSITION, nullable=False),
        need("packed", sa.LargeBinary),
        sa.PrimaryKeyConstraint("site", "device", "digest", name="pk_snapshot"),
    )
    op.create_table(
        "answer",
        need("key", sa.Text),
        need("at", sa.Double),
        need("status", sa.Integer),
        need("body", sa.Text),
        sa.PrimaryKeyConstraint("key", name="pk_answer"),
    )
    op.create_table("mark", need("name", sa.Text), need("value", sa.Text), sa.PrimaryKeyConstraint("name", name="pk_mark"))


def tickets() -> None:
    """Tickets, their history and photos."""
    op.create_table(
        "ticket",
        need("id", sa.Text),
        need("number", sa.Text),
        need("public_id", sa.Text),
        sa.Column("incident_key", sa.Text(), nullable=True),
        need("site", sa.Text),
        need("device", sa.Text),
        need("room", sa.Text),
        need("cause", sa.Text),
        need("rules", sa.JSON),
        need("severity", sa.Text),
        need("title", sa.JSON),
        need("reason", sa.JSON),
        need("do_first", sa.JSON),
        need("causes", sa.JSON),
        need("opened_at", sa.Double),
        need("state", sa.Text),
        need("origin", sa.Text),
        need("work_class", sa.Text),
        need("team", sa.Text),
        need("assignee", sa.Text),
        sa.Column("signal_normal_at", sa.Double(), nullable=True),
        need("photos", sa.Integer),
        need("repeats", sa.Integer),
        sa.Column("closed_at", sa.Double(), nullable=True),
        need("evidence", sa.JSON),
        need("version", sa.Integer),
        need("events", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_ticket"),
        sa.UniqueConstraint("incident_key", name="uq_ticket_incident_key"),
        sa.UniqueConstraint("number", name="uq_ticket_number"),
        sa.UniqueConstraint("public_id", name="uq_ticket_public_id"),
    )
    op.create_index("ix_ticket_opened_at", "ticket", ["opened_at"])
    op.create_index("ix_ticket_site_cause", "ticket", ["site", "cause"])
    op.create_index(
        "one_open_ticket_per_cause",
        "ticket",
        ["site", "cause"],
        unique=True,
        **only("state NOT IN ('closed', 'cancelled') AND cause <> ''"),
    )
    op.create_table(
        "attachment",
        need("id", sa.Text),
        need("ticket", sa.Text),
        need("kind", sa.Text),
        need("at", sa.Double),
        need("by", sa.Text),
        need("path", sa.Text),
        need("bytes", sa.Integer),
        need("sha256", sa.Text),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.id"], name="fk_attachment_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
    )
    op.create_index("ix_attachment_ticket", "attachment", ["ticket"])
    op.create_table(
        "ticket_event",
        need("ticket", sa.Text),
        need("seq", sa.Integer),
        need("at", sa.Double),
        need("type", sa.Text),
        need("by", sa.Text),
        need("note", sa.Text),
        need("data", sa.JSON),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.id"], name="fk_ticket_event_ticket"),
        sa.PrimaryKeyConstraint("ticket", "seq", name="pk_ticket_event"),
    )


def alarms() -> None:
    """Incidents, their episodes, and which are shelved."""
    op.create_table(
        "incident",
        need("id", sa.Text),
        need("site", sa.Text),
        need("device", sa.Text),
        need("opened_at", sa.Double),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
    )
    op.create_table(
        "alarm_episode",
        need("id", sa.Text),
        need("site", sa.Text),
        need("device", sa.Text),
        need("rule", sa.Text),
        need("severity", sa.Text),
        need("breach_ts", sa.Double),
        need("raised_at", sa.Double),
        need("reason", sa.JSON),
        need("incident", sa.Text),
        need("hidden_by", sa.Text),
        sa.Column("returned_at", sa.Double(), nullable=True),
        need("paged", sa.Boolean),
        sa.Column("acknowledged_at", sa.Double(), nullable=True),
        need("acknowledged_by", sa.Text),
        need("version", sa.Integer),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name="fk_alarm_episode_incident"),
        sa.PrimaryKeyConstraint("id", name="pk_alarm_episode"),
    )
    op.create_index("ix_alarm_episode_active", "alarm_episode", ["site", "raised_at"], **only("returned_at IS NULL"))
    op.create_index("ix_alarm_episode_incident", "alarm_episode", ["incident"])
    op.create_index("ix_alarm_episode_raised_at", "alarm_episode", ["raised_at"])
    op.create_table(
        "shelf",
        need("episode", sa.Text),
        need("until", sa.Double),
        need("by", sa.Text),
        need("reason", sa.Text),
        sa.ForeignKeyConstraint(["episode"], ["alarm_episode.id"], name="fk_shelf_episode"),
        sa.PrimaryKeyConstraint("episode", name="pk_shelf"),
    )


def accounts() -> None:
    """Who may sign in, and who has."""
    op.create_table(
        "user",
        need("name", sa.Text),
        need("person", sa.Text),
        need("roles", sa.JSON),
        need("password_hash", sa.Text),
        need("disabled", sa.Boolean),
        sa.PrimaryKeyConstraint("name", name="pk_user"),
    )
    op.create_table(
        "session",
        need("token_hash", sa.Text),
        need("user", sa.Text),
        need("csrf", sa.Text),
        need("expires_at", sa.Double),
        sa.ForeignKeyConstraint(["user"], ["user.name"], name="fk_session_user"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_session"),
    )
    op.create_index("ix_session_user", "session", ["user"])


def need(name: str, kind: type[sa.types.TypeEngine[Any]]) -> sa.Column[Any]:
    """A column that always holds something."""
    return sa.Column(name, kind(), nullable=False)


def only(condition: str) -> dict[str, Any]:
    """A partial index, in both databases."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def guard_ticket_events() -> None:
    """The database itself refuses to change or delete a line of a ticket's history."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(SQLITE_GUARD.format(verb.lower(), verb, NEVER))
        return
    op.execute(REFUSAL.format(NEVER))
    op.execute(GUARD)


def downgrade() -> None:
    """Drop everything."""
    for table in TABLES.split():
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_change")

"""Nouns ↔ table rows. A row is the noun's fields as plain JSON-able values; people's part of an episode comes from a join."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Select, select

from daemon.adapters.store import schema
from daemon.core.deliveries import OutboxRow
from daemon.core.nouns import Episode, Notice, Reason, Ticket, TicketState
from daemon.ports import EpisodeRow, Session, User
from sensors.kit.words import Severity, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import RowMapping

    Row = RowMapping | dict[str, Any]

# An episode with what people did: its shelf, and the ticket of its incident.
EPISODES: Select[Any] = (
    select(
        schema.alarm_episode,
        schema.shelf.c.until.label("shelved_until"),
        schema.shelf.c.by.label("shelved_by"),
        schema.shelf.c.reason.label("shelf_reason"),
        schema.ticket.c.id.label("ticket"),
    )
    .select_from(schema.alarm_episode)
    .outerjoin(schema.ticket, schema.ticket.c.incident_key == schema.alarm_episode.c.incident)
    .outerjoin(schema.shelf, schema.shelf.c.episode == schema.alarm_episode.c.id)
)


def plain(noun: object) -> dict[str, Any]:
    """The fields of a noun as plain values, nested nouns as dictionaries."""
    fields: dict[str, Any] = msgspec.to_builtins(noun)
    return fields


def ticket_to_row(ticket: Ticket) -> dict[str, Any]:
    """A ticket without an incident has none in the unique column, so that two such tickets don't clash."""
    row = plain(ticket)
    row["incident_key"] = row.pop("incident") or None
    return row


def ticket_of(row: Row) -> Ticket:
    """From a row of ticket."""
    fields: dict[str, Any] = dict(row)
    fields["incident"] = fields.pop("incident_key") or ""
    fields["rules"] = tuple(fields["rules"])
    fields["severity"] = Severity(fields["severity"])
    fields["state"] = TicketState(fields["state"])
    fields["title"] = Text(**fields["title"])
    fields["do_first"] = Text(**fields["do_first"])
    fields["reason"] = Reason(**fields["reason"])
    fields["causes"] = tuple(Text(**cause) for cause in fields["causes"])
    return Ticket(**fields)


def episode_to_row(episode: Episode) -> dict[str, Any]:
    """A new episode: nobody has done anything about it yet."""
    return plain(episode) | {"acknowledged_by": "", "version": 1}


def episode_of(row: Row) -> EpisodeRow:
    """From a row of `EPISODES`."""
    return EpisodeRow(
        Episode(
            id=row["id"],
            site=row["site"],
            device=row["device"],
            rule=row["rule"],
            severity=Severity(row["severity"]),
            breach_ts=row["breach_ts"],
            raised_at=row["raised_at"],
            reason=Reason(**row["reason"]),
            incident=row["incident"],
            hidden_by=row["hidden_by"],
            returned_at=row["returned_at"],
            paged=row["paged"],
        ),
        acknowledged_at=row["acknowledged_at"],
        acknowledged_by=row["acknowledged_by"],
        shelved_until=row["shelved_until"],
        shelved_by=row["shelved_by"] or "",
        shelf_reason=row["shelf_reason"] or "",
        ticket=row["ticket"] or "",
        version=row["version"],
    )


def episode_body(found: EpisodeRow) -> dict[str, Any]:
    """What the live log carries for an alarm: one flat object, the episode's fields beside what people did."""
    people = plain(found)
    body: dict[str, Any] = people.pop("episode")
    return body | people


def notice_to_row(notice: Notice) -> dict[str, Any]:
    """A delivery due since the notice arose."""
    return plain(notice) | {"rank": notice.severity.rank, "state": "due", "attempts": 0, "due_at": notice.at, "error": ""}


def outbox_row_of(row: Mapping[str, Any]) -> OutboxRow:
    """From a row of outbox."""
    notice = Notice(
        key=row["key"],
        at=row["at"],
        person=row["person"],
        channel=row["channel"],
        ticket=row["ticket"],
        severity=Severity(row["severity"]),
        why=row["why"],
        title=Text(**row["title"]),
        body=Text(**row["body"]),
        site=row["site"],
        cause=row["cause"],
        further=tuple(row["further"]),
        reaches=row["reaches"],
    )
    return OutboxRow(row["id"], notice, row["attempts"], row["due_at"], row["message"])


def user_of(row: RowMapping) -> User:
    """From a row of user."""
    return User(row["name"], row["person"], tuple(row["roles"]), row["password_hash"], disabled=row["disabled"])


def session_of(row: RowMapping) -> Session:
    """From a row of session joined with its user."""
    return Session(user_of(row), row["csrf"], row["expires_at"])

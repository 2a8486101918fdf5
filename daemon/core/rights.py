"""A ticket, an action and a person → allowed, or a refusal that says why and what is allowed instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.core.nouns import TicketState as S
from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Collection

    from daemon.core.nouns import Ticket
    from daemon.core.site import ServiceTerms


class Refused(Exception):  # noqa: N818 - an answer to a person, not a bug
    """The action is not possible. `code`: version illegal role note proof; `allowed`: what this person may do now."""

    def __init__(self, code: str, reason: Text, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(reason.en)
        self.code = code
        self.reason = reason
        self.allowed = allowed


WAITING = frozenset({S.OPEN, S.ASSIGNED, S.REOPENED})
LIVE = frozenset(S) - {S.CLOSED, S.CANCELLED}

# From which states each action may start. In the order in which pages offer them.
STARTS: dict[str, frozenset[S]] = {
    "assign": WAITING | {S.ACCEPTED, S.ON_SITE},
    "accept": WAITING,
    "arrive": frozenset({S.ACCEPTED}),
    "resolve": frozenset({S.ON_SITE}),
    "close": frozenset({S.RESOLVED}),
    "reopen": frozenset({S.RESOLVED, S.CLOSED, S.CANCELLED}),
    "cancel": LIVE,
    "comment": frozenset(S),
    "photo": frozenset({S.ACCEPTED, S.ON_SITE, S.RESOLVED}),
}
DESK = frozenset({"operator", "manager"})
_OF_DESK = frozenset({"assign", "close", "reopen", "cancel", "comment", "photo"})
_OF_OWNER = frozenset({"arrive", "resolve", "close", "photo", "comment"})
_OF_TEAM = frozenset({"accept", "comment"})
_NOTED = {
    "resolve": Text("请写明做了什么，才能报修复。", "Say what was done before reporting the repair."),
    "cancel": Text("按误报取消，必须写明原因。", "Cancelling as a false alarm needs a reason."),
    "comment": Text("请写下内容。", "Write the comment first."),
}
ACTION_WORDS = {
    "assign": Text("派单", "assign"),
    "accept": Text("接单", "accept"),
    "arrive": Text("报到场", "report arrival on"),
    "resolve": Text("报修复", "resolve"),
    "close": Text("结单", "close"),
    "reopen": Text("重开", "reopen"),
    "cancel": Text("取消", "cancel"),
    "comment": Text("留言", "comment on"),
    "photo": Text("传照片", "add a photo to"),
}
STATE_WORDS = {
    S.OPEN: Text("待接单", "open"),
    S.ASSIGNED: Text("已派单", "assigned"),
    S.ACCEPTED: Text("已接单", "accepted"),
    S.ON_SITE: Text("已到场", "on site"),
    S.RESOLVED: Text("已修复待复核", "resolved and waiting for its check"),
    S.CLOSED: Text("已结单", "closed"),
    S.REOPENED: Text("已重开", "reopened"),
    S.CANCELLED: Text("已按误报取消", "cancelled as a false alarm"),
}
_CHANGED = Text("工单刚被别人改过，请看最新状态。", "Somebody changed the ticket meanwhile; look again.")
_OWN_WORD = frozenset({"accept", "arrive", "resolve", "comment"})  # what a person says of themselves, not of the equipment
_SIGNAL = Text("信号还没有恢复正常", "the signal is not back to normal")
_PHOTO = Text("还缺修复后的照片", "a photo after the repair is missing")


def may(ticket: Ticket, action: str, *, actor: str, roles: Collection[str], team: str) -> bool:
    """Whether this person may ever do this to this ticket, whatever its state.

    The desk (operator, manager) hands out, checks and calls off; a technician works on what is theirs; anyone of
    the ticket's team may take it while it waits.
    """
    if action in _OF_DESK and not DESK.isdisjoint(roles):
        return True
    if "technician" not in roles:
        return False
    owner = actor == ticket.assignee
    if action in _OF_OWNER and owner:
        return True
    return action in _OF_TEAM and (owner or team == ticket.team or not ticket.team)


def allowed(ticket: Ticket, *, actor: str, roles: Collection[str], team: str) -> tuple[str, ...]:
    """What this person may start now, in the order of STARTS. Notes and proof are asked for when it is done."""
    return tuple(
        a for a, starts in STARTS.items() if ticket.state in starts and may(ticket, a, actor=actor, roles=roles, team=team)
    )


def missing(ticket: Ticket, terms: ServiceTerms) -> tuple[Text, ...]:
    """Which of the two keys to closing is not there yet: the signal (alarm tickets), the photo (where the class requires one)."""
    keys = []
    if ticket.origin == "alarm" and ticket.signal_normal_at is None:
        keys.append(_SIGNAL)
    if ticket.work_class in terms.photo_required and not ticket.photos:
        keys.append(_PHOTO)
    return tuple(keys)


def refuse_state(ticket: Ticket, action: str, options: tuple[str, ...]) -> Refused:
    """The action does not start from this state (or there is no such action)."""
    state, does = STATE_WORDS[ticket.state], ACTION_WORDS.get(action, Text("做这一步", "do that to"))
    return Refused(
        "illegal", Text(f"工单{state.zh}，现在不能{does.zh}。", f"The ticket is {state.en}; you can't {does.en} it now."), options
    )


def refuse_role(action: str, options: tuple[str, ...]) -> Refused:
    """The state is right, the person is not."""
    does = ACTION_WORDS[action]
    return Refused("role", Text(f"你不能给这张工单{does.zh}。", f"It is not yours to {does.en} this ticket."), options)


def check(ticket: Ticket, action: str, *, actor: str, roles: Collection[str], team: str) -> None:
    """Raise Refused unless this person may start this action now."""
    options = allowed(ticket, actor=actor, roles=roles, team=team)
    if action in options:
        return
    if ticket.state not in STARTS.get(action, frozenset()):
        raise refuse_state(ticket, action, options)
    raise refuse_role(action, options)


def check_version(ticket: Ticket, action: str, seen: int | None, options: tuple[str, ...]) -> None:
    """Raise Refused where the person saw another version, unless this is true whatever equipment has said since they looked."""
    if seen is None or seen == ticket.version or (action in _OWN_WORD and seen < ticket.version):
        return
    raise Refused("version", _CHANGED, options)


def check_words(action: str, note: str, options: tuple[str, ...]) -> None:
    """Raise Refused where the action needs a note and there is none."""
    if action in _NOTED and not note.strip():
        raise Refused("note", _NOTED[action], options)


def check_proof(ticket: Ticket, terms: ServiceTerms, options: tuple[str, ...]) -> None:
    """Raise Refused naming each key to closing that is missing."""
    keys = missing(ticket, terms)
    if keys:
        zh, en = "；".join(k.zh for k in keys), "; ".join(k.en for k in keys)
        raise Refused("proof", Text(f"还不能结单：{zh}。", f"It can't be closed yet: {en}."), options)

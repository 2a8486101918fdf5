"""Notices waiting for one person on one channel → those that leave as the next message, and its words.

Several about one ticket are one message. Many tickets at once are one summary, the most urgent first; of what is critical each
ticket keeps its own words, ten to a message.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from sensors.kit.words import CRITICAL, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from daemon.core.nouns import Notice

STORM = 5  # tickets: more at once for one person is a storm
CRITICALS = 10  # tickets in one message that are told in full: what fits into a WeCom or DingTalk message
LISTED = 15  # lines of a summary
_RULE = "\n――――――――\n"


def pick(waiting: Sequence[Notice]) -> list[int]:
    """Places in `waiting` (most urgent first, all critical or none) of those that leave together now."""
    first = waiting[0]
    tickets = list(dict.fromkeys(notice.ticket for notice in waiting))
    many = 1 if len(tickets) <= STORM else CRITICALS if first.severity is CRITICAL else None
    chosen = set(tickets[:many])
    return [place for place, notice in enumerate(waiting) if notice.ticket in chosen]


def key(notices: Sequence[Notice]) -> str:
    """The idempotency key of a message: the same for the same set, in any order."""
    if len(notices) == 1:
        return notices[0].key
    return blake2b("\x1f".join(sorted(one.key for one in notices)).encode(), digest_size=12, person=b"atrium message").hexdigest()


def fold(notices: Sequence[Notice], key: str) -> Notice:
    """One message of several notices; the most urgent first."""
    if len(notices) == 1:
        return replace(notices[0], key=key)
    news = _newest(notices)
    if len(news) == 1:
        return _one_ticket(notices, news[0], key)
    first = news[0]
    title = Text(
        f"【{len(news)} 张工单】最紧急：{first.title.zh}",
        f"[{len(news)} tickets] most urgent: {first.title.en}",
    )
    return replace(first, key=key, title=title, body=_in_full(news) if first.severity is CRITICAL else _in_short(news))


def _newest(notices: Sequence[Notice]) -> list[Notice]:
    """The last word about each ticket, the most urgent ticket first."""
    last: dict[str, Notice] = {}
    for one in notices:
        if one.ticket not in last or one.at >= last[one.ticket].at:
            last[one.ticket] = one
    return sorted(last.values(), key=lambda one: (one.severity.rank, one.at, one.key))


def _one_ticket(notices: Sequence[Notice], newest: Notice, key: str) -> Notice:
    before = [one for one in notices if one is not newest]
    zh = "\n".join(one.title.zh for one in before)
    en = "\n".join(one.title.en for one in before)
    return replace(newest, key=key, body=Text(f"{newest.body.zh}\n此前：\n{zh}", f"{newest.body.en}\nBefore:\n{en}"))


def _in_full(news: Sequence[Notice]) -> Text:
    zh = _RULE.join(f"{one.title.zh}\n{one.body.zh}" for one in news)
    return Text(zh, _RULE.join(f"{one.title.en}\n{one.body.en}" for one in news))


def _in_short(news: Sequence[Notice]) -> Text:
    shown, more = news[:LISTED], len(news) - LISTED
    zh, en = [one.title.zh for one in shown], [one.title.en for one in shown]
    if more > 0:
        zh.append(f"还有 {more} 张工单，请看工单列表。")
        en.append(f"{more} more tickets: see the list of tickets.")
    return Text("\n".join(zh), "\n".join(en))

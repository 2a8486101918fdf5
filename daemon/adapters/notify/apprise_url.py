"""Delivers a notice through apprise: WeCom, DingTalk, Feishu, e-mail, ntfy, webhooks and everything else it knows by URL.

Webhooks (`json://`, `jsons://`, `form://`, `xml://`) also get the header `Idempotency-Key`, the same at every retry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import apprise

from daemon.ports import Undelivered

if TYPE_CHECKING:
    from daemon.core.nouns import Notice

KIND = "apprise"
TIMEOUT = 8.0  # s for one delivery, all in: a hanging receiver must not hold up its neighbours
_WEBHOOKS = ("json://", "jsons://", "form://", "forms://", "xml://", "xmls://")


def send(notice: Notice, url: str) -> None:
    """One target, one call. Raises Undelivered; for good where apprise does not know the URL."""
    target = apprise.Apprise()
    if not target.add(_keyed(url, notice.key)):
        raise Undelivered("apprise does not know this kind of URL", for_good=True)
    body = f"{notice.body.zh}\n\n{notice.body.en}"
    result = target.notify(title=f"{notice.title.zh} · {notice.title.en}", body=body, timeout=TIMEOUT)
    if result.status is not apprise.AppriseResultStatus.SUCCESS:
        raise Undelivered(f"the receiver did not take it ({result.status.name.lower()})")


def _keyed(url: str, key: str) -> str:
    if not url.startswith(_WEBHOOKS):
        return url
    return f"{url}{'&' if '?' in url else '?'}%2BIdempotency-Key={key}&cto=3&rto=5"

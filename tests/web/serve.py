"""`python -m tests.web.serve [PORT] [--still]`: the pages of a made-up community that is alive, for looking and for pictures.

Sign in as operator, technician or manager; the password is the name twice (operatoroperator). Not part of the product.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import uvicorn

from daemon.adapters.live_board import forwarder
from daemon.clock import SystemClock
from daemon.config import load
from daemon.ports import User
from dashboards import auth
from dashboards.app import create_app
from tests.web.community import PREROLL, Bottle, Calm, live_on

ROOT = Path(__file__).parent.parent.parent


class Alive(Calm):
    """A board with a watch behind it once the loop runs."""

    def __init__(self, bottle: Bottle, *, still: bool) -> None:
        super().__init__()
        self.bottle, self.still = bottle, still

    def start(self) -> None:
        super().start()
        self.bottle.show(self)
        if not self.still:
            live_on(self.bottle, self, forwarder(asyncio.get_running_loop()))


def main() -> None:
    """Serve until Ctrl-C."""
    port = next((int(word) for word in sys.argv[1:] if word.isdigit()), 8099)
    configuration = load(ROOT / "config", environ={})
    with tempfile.TemporaryDirectory() as folder:
        data, start = Path(folder), time.time() - PREROLL
        bottle = Bottle(configuration, data, start=start)
        for step in range(int(PREROLL) + 1):
            if step % 10 == 0:
                bottle.advance(start + step)
        bottle.put_bad_message(time.time())
        people = bottle.site.people
        for role in auth.ROLES:
            person = next(p.id for p in people.values() if role in p.roles)
            bottle.store.put_user(User(role, person, (role,), auth.hash_password(role * 2)))
        live = Alive(bottle, still="--still" in sys.argv)
        app = create_app(
            configuration, bottle.store, bottle.history, live, clock=SystemClock(), photos=data / "photos", production=False
        )
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main()

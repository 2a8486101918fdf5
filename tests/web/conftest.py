"""The pages of a community in which a fire pump did not start: walked once, then copied for each test."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from community import PREROLL, Bottle, Calm, Hand
from starlette.testclient import TestClient

from daemon.adapters.history import open_history
from daemon.adapters.store import SqlStore, open_store
from daemon.ports import Session, User
from dashboards import auth
from dashboards.app import create_app

if TYPE_CHECKING:
    from pathlib import Path

START = 1795330800.0  # 2026-11-22 15:00 in Shanghai: the day shift is on duty
NOW = START + PREROLL
PEOPLE = {"operator": "operator-day", "technician": "tech-day", "manager": "manager"}


@pytest.fixture(scope="session")
def walked(demo, tmp_path_factory):
    """Ten minutes of the community, with one message nobody could read."""
    data = tmp_path_factory.mktemp("walked")
    bottle = Bottle(demo, data, start=START)
    for at in range(10, int(PREROLL) + 1, 10):
        bottle.advance(START + at)
    bottle.put_bad_message(NOW)
    bottle.history.flush()
    board = Calm()
    bottle.show(board)
    bottle.close()
    return data, board


@dataclass(slots=True)
class Pages:
    """The application and what stands behind it."""

    client: TestClient
    store: SqlStore
    board: Calm
    clock: Hand
    photos: Path

    def sign_in(self, role: str, name: str = "") -> dict[str, str]:
        """Headers of somebody with this role."""
        user = User(name or role, PEOPLE.get(role, ""), (role,))
        self.store.put_user(user)
        token = f"token of {user.name}"
        hashed = auth.digest(token)
        if self.store.session(hashed, self.clock.now()) is None:
            self.store.open_session(hashed, Session(user, f"csrf of {user.name}", self.clock.now() + 3600))
        return {"authorization": f"Bearer {token}"}

    def ticket(self, device: str = "fire-pump") -> dict:
        """The open ticket of a device, as the API tells it."""
        found = next(t for t in self.store.tickets(ended=False) if t.device == device)
        return self.client.get(f"/api/v1/tickets/{found.id}", headers=self.sign_in("operator")).json()

    def alarm(self, device: str = "fire-pump") -> dict:
        """The active alarm of a device that nothing explains away."""
        items = self.client.get("/api/v1/alarms?state=active", headers=self.sign_in("operator")).json()["items"]
        return next(one for one in items if one["device"] == device and not one["hidden_by"])

    def act(self, ticket_id: str, action: str, role: str, **body):
        """Post a step."""
        return self.client.post(f"/api/v1/tickets/{ticket_id}/{action}", json=body, headers=self.sign_in(role))


@pytest.fixture
def app(demo, walked, tmp_path):
    """The application on a copy of the walked community; its watch is alive. Not started."""
    data, told = walked
    folder = shutil.copytree(data, tmp_path / "data")
    store, history = open_store("", folder), open_history(folder)
    board = Calm()
    board.take_frame("hongshan", {"at": NOW, "full": True, "values": told.values("hongshan")})
    yield create_app(demo, store, history, board, clock=Hand(NOW), photos=folder / "photos", production=True)
    history.close()
    store.close()


@pytest.fixture
def pages(app):
    """The application, started."""
    shared = app.state.shared
    with TestClient(app, follow_redirects=False) as client:
        yield Pages(client, shared.store, shared.live, shared.clock, shared.photos)

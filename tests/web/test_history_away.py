"""A history store that does not answer is said, never shown as a point without values."""

from __future__ import annotations

from daemon.ports import HistoryAway

PATH = "/api/v1/points/hongshan.fire-pump.main_pressure/history"


def test_a_store_that_is_away_is_a_problem_with_its_time_in_both_languages(pages, monkeypatch):
    def away(*_):
        raise HistoryAway("no answer", since=1795330800.0)

    history = pages.client.app.state.shared.history
    monkeypatch.setattr(type(history), "raw", away)
    answer = pages.client.get(PATH, headers=pages.sign_in("operator"))
    told = answer.json()
    assert (answer.status_code, told["type"], told["since"]) == (503, "urn:atrium:problem:history", 1795330800.0)
    assert "2026-11-22 07:00 UTC" in told["says"]["en"]
    assert "2026-11-22 07:00 UTC" in told["says"]["zh"]

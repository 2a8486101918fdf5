"""Stories of faults, told as files: what happens when, and the alarms, tickets, notices and public words that must follow."""

from pathlib import Path
from typing import Any

import pytest

from tests.stories.teller import Teller, read, tell

FOLDER = Path(__file__).parent / "stories"
STORIES = [(path.stem, story) for path in sorted(FOLDER.glob("*.yaml")) for story in read(path)]


@pytest.mark.parametrize("story", [pytest.param(story, id=f"{stem}: {story['story']}") for stem, story in STORIES])
def test_story(story, demo):
    tell(demo, story, judge)


def judge(teller: Teller, expected: dict[str, Any], where: str) -> None:
    """Each word of `expect` is one comparison."""
    for word, wanted in expected.items():
        EXPECT[word](teller, wanted, where)


def alarms(teller, wanted, where):
    """Active alarms of the whole community, by device, those explained by another left out."""
    active = {
        device.device.id: sorted(e.rule for e in device.episodes.values() if not e.hidden_by)
        for device in teller.state.devices.values()
        if device.episodes
    }
    assert active == {name: sorted(rules) for name, rules in (wanted or {}).items()}, where


def hidden(teller, wanted, where):
    """Alarms that another explains: device → rule → who explains it."""
    for name, rules in wanted.items():
        device = teller.state.devices[teller.site.id, name]
        assert {e.rule: e.hidden_by for e in device.episodes.values() if e.hidden_by} == rules, where


def since(teller, wanted, where):
    """What was raised and returned since the story last asked, in order."""
    log, teller.log = teller.log, []
    assert log == (wanted or []), where


def told(teller, wanted, where):
    """Who was told why since the story last asked."""
    heard: dict[str, set[str]] = {}
    for why, person in teller.told:
        heard.setdefault(why, set()).add(person)
    teller.told = []
    assert heard == {why: set(people) for why, people in (wanted or {}).items()}, where


def count(teller, wanted, where):
    assert len(teller.desk.tickets) == wanted, where


def rejected(teller, wanted, where):
    codes, teller.rejected = teller.rejected, []
    assert codes == wanted, where


def ticket(teller, wanted, where):
    """The newest ticket of each device named: only what the story names of it."""
    for device, fields in wanted.items():
        found = teller.ticket(device)
        for name, value in fields.items():
            TICKET[name](found, value, f"{where}: {name} of the ticket of {device}")


def _says(field):
    def check(found, value, where):
        text = getattr(found, field)
        for language, words in value.items():
            assert words in getattr(text, language), where

    return check


def _is(field):
    def check(found, value, where):
        assert getattr(found, field) == value, where

    return check


def _rules(found, value, where):
    assert list(found.rules) == value, where


def _causes(found, value, where):
    assert value in [cause.en for cause in found.causes], where


def _signal(found, value, where):
    assert ("normal" if found.signal_normal_at is not None else "abnormal") == value, where


TICKET = {
    "title": _says("title"),
    "reason": _says("reason"),
    "do_first": _says("do_first"),
    "state": _is("state"),
    "severity": _is("severity"),
    "assignee": _is("assignee"),
    "repeats": _is("repeats"),
    "rules": _rules,
    "cause": _causes,
    "signal": _signal,
}


def public(teller, wanted, where):
    """The public page: its state, its sentence, its rooms, the jobs being dealt with."""
    page = teller.public()
    rooms = {room["device"]: room for room in page["rooms"]}
    for name, value in wanted.items():
        if name in ("state", "sentence"):
            assert page[name] == value, where
        elif name == "dealing_with":
            assert [card["title"]["en"] for card in page["dealing_with"]] == (value or []), where
        elif name == "steps":
            done = [step["step"] for step in page["dealing_with"][0]["steps"] if step["at"]]
            assert done == value, where
        else:
            seen = rooms[name]
            assert {"colour": seen["colour"], **seen["why"]} == value, where


EXPECT = {
    "alarms": alarms,
    "hidden": hidden,
    "since": since,
    "told": told,
    "tickets": count,
    "ticket": ticket,
    "rejected": rejected,
    "public": public,
}

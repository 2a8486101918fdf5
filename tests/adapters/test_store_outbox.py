"""What the store keeps of notices until they were sent or given up."""

from fixtures.postgres import postgres  # noqa: F401 - a fixture
from fixtures.store import address, opened, save  # noqa: F401 - fixtures
from records import make_notice, make_ticket

from sensors.kit.words import CRITICAL, INFO, MAJOR


def test_a_notice_is_due_once_however_often_it_is_given(store):
    save(store, notices=[make_notice("k1"), make_notice("k1")])
    with store.begin() as transaction:
        transaction.notify([make_notice("k1", at=500.0)])
    assert [row.notice for row in store.outbox_due(1000.0)] == [make_notice("k1")]


def test_the_outbox_gives_the_critical_first_then_the_oldest(store):
    save(
        store,
        notices=[
            make_notice("info", severity=INFO, at=1.0),
            make_notice("later", at=90.0),
            make_notice("major", severity=MAJOR, at=2.0),
            make_notice("first", at=80.0),
            make_notice("not yet", at=900.0),
        ],
    )
    assert [row.notice.key for row in store.outbox_due(100.0)] == ["first", "later", "major", "info"]


def test_a_delivery_is_tried_again_when_due_and_no_more_once_sent_or_given_up(store):
    save(store, notices=[make_notice("a"), make_notice("b")])
    a, b = store.outbox_due(100.0)
    store.outbox_failed([a.id], retry_at=130.0, error="timeout")
    store.outbox_failed([b.id], retry_at=None, error="no such address")
    assert store.outbox_due(129.0) == []
    assert [(row.notice.key, row.attempts) for row in store.outbox_due(130.0)] == [("a", 1)]
    store.outbox_sent([a.id], 131.0)
    assert store.outbox_due(9999.0) == []


def test_a_lane_is_one_channel_of_one_urgency_for_those_who_are_not_at_rest(store):
    who = [("li", CRITICAL), ("li", INFO), ("wang", INFO)]
    save(store, notices=[make_notice(f"{p} {s}", person=p, severity=s, site="h") for p, s in who])
    save(store, notices=[make_notice("elsewhere", channel="hook", severity=INFO)])

    def lane(**wanted):
        return [row.notice.key for row in store.outbox_lane("bell", 1000.0, **wanted)]

    assert (lane(critical=True), lane(critical=False)) == (["li critical"], ["li info", "wang info"])
    assert (lane(critical=False, but=["li"]), lane(critical=False, who=("li", "h"))) == (["wang info"], ["li info"])
    assert [row.notice.key for row in store.outbox_strange(["bell"], 1000.0)] == ["elsewhere"]
    assert (store.outbox_waiting().many, store.outbox_waiting().oldest) == (4, 100.0)


def test_a_ticket_is_untold_while_no_channel_with_an_address_has_taken_its_critical_news(store):
    with store.begin() as transaction:
        transaction.put(make_ticket("a"), [])
    save(store, notices=[make_notice(name, channel=name, reaches=name != "page") for name in ("hook", "mail", "page")])
    hook, mail, page = store.outbox_due(100.0)
    store.outbox_sent([page.id], 101.0)
    for tries in range(3):
        assert store.untold(110.0) == {}, tries
        store.outbox_failed([hook.id, mail.id], retry_at=111.0, error="503")
    assert store.untold(110.0) == {"a": 100.0}
    store.outbox_sent([mail.id], 112.0)
    assert store.untold(9999.0) == {}


def test_a_failed_row_is_given_up_and_its_news_goes_by_another_channel_in_one_commit(store):
    save(store, notices=[make_notice("a"), make_notice("b")])
    a, b = store.outbox_due(100.0)
    store.outbox_fold([a.id, b.id], "together")
    store.outbox_failed([a.id, b.id], retry_at=None, error="gone", instead=[make_notice("c", further=("x", "y"), cause="z")] * 2)
    (row,) = store.outbox_due(100.0)
    assert (row.notice.key, row.notice.further, row.notice.cause, row.message) == ("c", ("x", "y"), "z", "")

"""Messages come twice, late, out of order, from 300 devices at once, or 500 alarms in ten seconds: the record stays true."""

from __future__ import annotations

import random
import time

import pytest
from fixtures.broker import until
from fixtures.stage import LONG
from ledger import Ledger, assert_stored_once, calm
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from traffic import hours, single

pytestmark = [pytest.mark.broker, pytest.mark.slow]
SEED = 20261122


def settle(watch, ledger):
    assert until(lambda: calm(watch), 90), watch.words
    assert watch.stop()[0] == 0, watch.words
    return ledger.assert_undisturbed()


@pytest.mark.timeout(240)
def test_duplicates_and_disorder_store_every_value_once(atrium, device, community, tally):
    watch, chance = atrium(community).start(), random.Random(SEED)  # noqa: S311 - a disorder that repeats
    sent, ledger = hours(watch.clock.now(), 4000), Ledger(watch).follow()
    shuffled = sorted(range(len(sent)), key=lambda place: place + chance.uniform(0, 30))
    for place in shuffled:
        device.send(sent[place])
        if chance.random() < 0.2:
            device.send(sent[chance.choice(shuffled[: place + 1])])
    assert device.drain()
    left = settle(watch, ledger)
    assert_stored_once(watch, sent)
    tally(ledger.figures(left, sent))


def fleet(mosquitto, names):
    """That many devices, connected one by one, each a client of its own."""
    clients = []
    for name in names:
        client = Client(CallbackAPIVersion.VERSION2, client_id=name)
        client.reconnect_delay_set(1, 2)
        client.connect("127.0.0.1", mosquitto.port, keepalive=10)
        client.loop_start()
        clients.append(client)
    return clients


@pytest.mark.timeout(240)
def test_three_hundred_devices_reconnecting_at_once_lose_nothing(atrium, community, mosquitto, tally):
    watch = atrium(community).start()
    ledger = Ledger(watch).follow()
    clients = fleet(mosquitto, [f"device-{n}" for n in range(300)])
    try:
        assert until(lambda: all(client.is_connected() for client in clients), LONG)
        mosquitto.stop()
        first = watch.clock.now()
        sent = [single("fire-pump", first - 300 + n, main_pressure=round(0.85 + n % 50 / 1000, 3)) for n in range(300)]
        for client, message in zip(clients, sent, strict=True):
            client.publish(message.topic, message.payload, qos=1)
        mosquitto.start()
        assert until(lambda: len(watch.history()) == 300, 2 * LONG), (len(watch.history()), watch.words)
    finally:
        for client in clients:
            client.disconnect()
            client.loop_stop()
    left = settle(watch, ledger)
    assert_stored_once(watch, sent)
    tally(ledger.figures(left, sent))


@pytest.mark.timeout(240)
def test_five_hundred_alarms_in_ten_seconds_make_one_ticket_a_cause(atrium, device, community, receiver, tally):
    watch = atrium(community).start()
    begun, piles = watch.clock.now(), [f"ebike-{n:02}" for n in range(1, 5)]
    ledger = Ledger(watch).follow()
    for pile in piles:
        device.send(single(pile, begun - 1, **{f"port{n:02}_state": "charging" for n in range(1, 11)}))
    for n in range(1, 11):
        device.send(single(f"ev-{n:02}", begun, residual_current=40, residual_dc=7))
    for beat in range(12):  # 40 alarms raise and return in each
        stamp = begun + beat * 0.8
        for pile in piles:
            device.send(single(pile, stamp, **{f"port{n:02}_minutes": 601 for n in range(1, 11)}))
            device.send(single(pile, stamp + 0.4, **{f"port{n:02}_minutes": 5 for n in range(1, 11)}))
        time.sleep(max(0.0, stamp + 0.8 - watch.clock.now()))
    assert device.drain()
    left = settle(watch, ledger)
    assert len(left.alarms) >= 500
    assert len(left.tickets) == len(piles) + 10
    sends = sum(len(bodies) for bodies in receiver.told.values())
    assert sends <= len(left.notices)  # a storm is told in fewer
    assert len(left.notices) <= 2 * len(left.tickets)  # the technician and the operator, once each
    tally(f"{len(left.alarms)} alarms in 10 s, {len(left.tickets)} tickets, {len(left.notices)} notices, {sends} sends")

"""Threads of one process take turns at writing, in the order they came."""

import threading
import time

from daemon.adapters.store.turns import Turns


def test_turns_are_handed_on_in_order():
    turns, order = Turns(), []
    turns.take(1.0)
    threads = []
    for name in range(5):
        threads.append(threading.Thread(target=lambda name=name: (turns.take(10.0), order.append(name), turns.leave())))
        threads[-1].start()
        while len(turns._waiting) <= name:
            time.sleep(0.001)
    turns.leave()
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def test_one_who_never_pauses_lets_another_in_at_the_next_turn():
    turns, over, taken = Turns(), threading.Event(), []

    def greedy():
        while not over.is_set() and turns.take(10.0):
            taken.append(len(taken))
            turns.leave()

    thread = threading.Thread(target=greedy)
    thread.start()
    waits = [turns.take(10.0) and turns.leave() is None for _ in range(200)]
    over.set()
    thread.join()
    assert all(waits)


def test_who_gives_up_is_not_waited_for():
    turns = Turns()
    assert (turns.take(0.0), turns.take(0.01)) == (True, False)
    turns.leave()
    assert turns.take(0.0)

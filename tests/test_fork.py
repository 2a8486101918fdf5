"""A copy of a process: it does its work under a name of its own and ends with its code; a supervisor restarts it afresh."""

from __future__ import annotations

import subprocess
import sys

import pytest

from daemon.fork import POSSIBLE

pytestmark = pytest.mark.skipif(not POSSIBLE, reason="processes are copied on Linux only")
BEGIN = "import os, signal, sys, time\nfrom daemon.fork import Copy\nfrom daemon.supervise import Supervisor, Worker\n"


def said(code):
    """What a program says that has only one thread."""
    done = subprocess.run([sys.executable, "-c", BEGIN + code], capture_output=True, text=True, timeout=30, check=False)
    return done.stdout.split()


def test_a_copy_ends_with_the_code_of_its_work():
    assert said("print(Copy('one', lambda: 7, {}).wait(20))") == ["7"]


def test_a_copy_that_a_signal_ends_says_which():
    assert said("c = Copy('one', lambda: time.sleep(60), {}); c.terminate(); print(c.wait(20), c.poll())") == ["-15", "-15"]


def test_who_waits_too_short_is_told():
    code = "c = Copy('one', lambda: time.sleep(60), {})\ntry: c.wait(0.1)\nexcept Exception as e: print(type(e).__name__)\n"
    assert said(code + "c.kill(); c.wait()") == ["TimeoutExpired"]


def test_a_copy_has_its_own_name_and_environment():
    code = (
        "def work():\n print(open('/proc/self/cmdline').read().strip('\\0').replace('\\0', ' '), dict(os.environ), flush=True)\n"
        " return 0\nCopy('run --role web', work, {'A': 'b'}).wait(20)"
    )
    assert said(code) == ["run", "--role", "web", "{'A':", "'b'}"]


def test_what_began_as_a_copy_is_started_again_by_its_command():
    code = (
        "def work():\n print('copy', flush=True)\n return 1\n"
        "again = 'import os, time; print(\"afresh\", flush=True); os.kill(os.getppid(), 15); time.sleep(9)'\n"
        "Supervisor([Worker('watch', [sys.executable, '-c', again], work=work)]).run()"
    )
    told = said(code)
    assert [word for word in told if word in ("copy", "afresh")] == ["copy", "afresh"], told

"""What a machine has for browsers, or what to do about it."""

from __future__ import annotations

import os

import pytest


def needed(found, what):
    """A machine without browsers says so; a build must not skip by accident."""
    if os.environ.get("ATRIUM_NO_BROWSER") == "1":
        pytest.skip("ATRIUM_NO_BROWSER=1")
    if not found:
        pytest.fail(f"{what} Or set ATRIUM_NO_BROWSER=1 to go without the tests that need a browser.")
    return found

"""What a merge needed → given back to the system at once, not kept by the C library for the next one.

glibc raises its threshold for separate mappings with the largest block ever freed (up to 32 MB), and what lies below stays in the
thread's own heap: after an hour of merges some tens of megabytes that nothing uses. A fixed threshold ends that.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress

_M_MMAP_THRESHOLD = -3  # <malloc.h>
LARGE = 256 << 10  # bytes from which a block is a mapping of its own


def give_back() -> None:
    """For the whole process. Does nothing where the C library is another one."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE)

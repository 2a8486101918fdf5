"""The functions of the condition language: each turns a call of the syntax tree into a node.

To add one: a node class, and here a function entered with `@spoken`.
"""

from sensors.kit.functions import devices, plain, sampled, timing, usual
from sensors.kit.functions.spoken import FUNCTIONS

__all__ = ["FUNCTIONS", "devices", "plain", "sampled", "timing", "usual"]

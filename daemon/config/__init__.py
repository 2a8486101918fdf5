"""Turns a directory of YAML (`config/`) into one frozen, checked `Configuration`, or into every complaint at once."""

from daemon.config.assemble import load
from daemon.config.complaints import Complaint, ConfigurationError

__all__ = ["Complaint", "ConfigurationError", "load"]

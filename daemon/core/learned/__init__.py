"""Learned normal: readings become findings nobody wrote a rule for. The package itself loads nothing."""

"""What we do with readings: decode, judge, raise, file, tell. `daemon.core` is pure, `daemon.adapters` is the outside."""

"""The outside: brokers, stores, history, ways to reach people. Each adapter implements a port of `daemon.ports`."""

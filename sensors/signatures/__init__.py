"""Signatures of the larger kinds, one file a kind: the other half of its tables."""

"""The score of watching: what the rules find of the labelled faults, how soon, and how quiet they are in a healthy month."""

from tests.bench.detection.score import bench

__all__ = ["bench"]

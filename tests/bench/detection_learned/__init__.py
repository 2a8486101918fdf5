"""What is learned beside the rules, measured on simulated equipment: `python -m tests.bench detection_learned`."""

from tests.bench.detection_learned.score import bench

__all__ = ["bench"]

"""Revisions in order: `r0001_first`, `r0002_…`. A released revision is never changed."""

"""Seeded faults of the seam: caching."""

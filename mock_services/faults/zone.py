"""Seeded faults of the seam: zone."""

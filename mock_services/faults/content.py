"""Seeded faults of the seam: content."""

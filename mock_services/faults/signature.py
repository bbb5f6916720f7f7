"""Seeded faults of the seam: signature."""

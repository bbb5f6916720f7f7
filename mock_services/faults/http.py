"""Seeded faults of the seam: http."""

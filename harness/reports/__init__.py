"""Views of the run record, one module a format."""

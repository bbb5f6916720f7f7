"""Chapter: the three queries, their answers and their refusals."""

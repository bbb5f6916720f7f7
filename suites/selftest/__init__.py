"""Tests of the harness and of the mocks themselves."""

"""What is collected; all else is `harness.plugin`, registered on installation."""

from importlib.util import find_spec

# The harness's own tests need the extra `test`; the conformance suites do not.
collect_ignore = [] if find_spec("hypothesis") else ["suites/selftest", "suites/benchmarks"]

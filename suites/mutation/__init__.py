"""Mutation of the checks: made unable to fail one by one, to see who notices. Run apart.

python -m suites.mutation --limit 300 --seconds 900
"""

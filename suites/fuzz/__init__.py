"""Arbitrary input, much of it: never a traceback, never a false pass. Run apart in full.

How many examples each test tries is said by `OOTS_FUZZ_EXAMPLES`; a normal run tries few.
"""

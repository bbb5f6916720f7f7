"""The parts that are judged, or that judge a client: mocks of every Common Service.

Shares only the nouns of `harness.model` with the judge, so that the two cannot agree in a mistake.
"""

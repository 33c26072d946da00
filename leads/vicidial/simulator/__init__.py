"""A VICIdial server of our own, for tests, the demo and trials.

It answers as `docs/vicidial.md` says that real servers do, and shares no code with the client: else
the two would agree only with themselves.
"""

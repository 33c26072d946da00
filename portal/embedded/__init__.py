"""Real PostgreSQL and Valkey servers out of Python wheels, for the demo, the tests and development.

Only `folder` and `environment` are imported in production, where the wheels are not installed.
"""

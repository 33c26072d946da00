"""VICIdial's Non-Agent API: what is sent, what the server makes of it, what its answers mean.

Pure Python and requests: neither Django nor Celery is imported here. The facts are in
`docs/vicidial.md`.
"""

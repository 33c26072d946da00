"""The same person twice: found, scored, decided. Here so far: the same phone number."""

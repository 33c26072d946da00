"""The same person twice: exactly (the phone number) or likely; found, scored, written down."""

"""Files as they come, and as nobody should write them: made by `make.py`, told in expected.csv."""

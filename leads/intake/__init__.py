"""Files of leads come in: stored, read, cleaned, compared, staged, and every row accounted for."""

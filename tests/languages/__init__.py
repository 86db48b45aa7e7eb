"""The interface in its languages: everything marked, everything translated, numbers and dates."""

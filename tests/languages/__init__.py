"""Languages: everything is marked and translated, and reads right in both directions."""

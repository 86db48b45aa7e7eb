"""From documents to letters."""

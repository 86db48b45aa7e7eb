"""What we measure, and against what. Nothing here is a test, and no test uses it."""

"""What is private comes to its end, and what is public stays."""

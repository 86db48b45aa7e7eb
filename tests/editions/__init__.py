"""Delivering a letter, and what becomes of what was delivered."""

"""Faults, on servers of their own."""

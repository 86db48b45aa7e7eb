"""Organisations that are counted, and whose names are withheld."""

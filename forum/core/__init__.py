"""Machinery that has never heard of a person."""

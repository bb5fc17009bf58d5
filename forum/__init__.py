"""Collegium: the online home of a professional society."""

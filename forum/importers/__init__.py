"""Importers: what was written elsewhere becomes topics, posts and people here."""

"""The official clients, unchanged, against the program as people run it."""

"""The benchmark's data: a forum of any size, the same for the same seed, written in bulk with every count right."""

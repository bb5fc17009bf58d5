"""Proof of delivery: what clients did and heard is written down, and held against what is stored in the end."""

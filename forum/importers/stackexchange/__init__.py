"""Dumps of Stack Exchange sites: questions with answers, comments, their history, and who wrote them."""

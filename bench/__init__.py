"""`make bench`: what a page costs, on both databases, beside a constant page under the same server."""

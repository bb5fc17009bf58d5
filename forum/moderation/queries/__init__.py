"""What moderators read: the log, and the queue of what was reported."""

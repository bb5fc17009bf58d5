"""Work for later: the outbox, Huey behind it, schedules, the worker."""

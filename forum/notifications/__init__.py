"""Who hears of what: notifications, and what each person wants to be told of."""

"""Every read of notifications, and of what people want to be told of."""

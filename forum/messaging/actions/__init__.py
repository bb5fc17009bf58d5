"""Every change of a conversation: one function for each verb, under the lock of the conversation."""

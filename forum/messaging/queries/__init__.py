"""Reading conversations: every function takes the viewer, and finds nothing of what is not open to them."""

"""Mail: composed, rendered, sent."""

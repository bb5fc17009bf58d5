"""Who may do what: the audience rule, roles, permissions, and the doors that ask them."""

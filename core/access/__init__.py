"""Who may do what: users, departments, roles, grants and scopes, decided in one place and denied by default."""

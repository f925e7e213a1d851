"""What a user is told: written in a transaction, read at the bell, with a copy by e-mail for those who want one."""

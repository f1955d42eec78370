"""The two system registers: applications, their validation, and the entries they lead to."""

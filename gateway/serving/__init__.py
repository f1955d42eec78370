"""The HTTP server of a process: waitress, with its own reading of requests, bounds on everything, and our refusals."""

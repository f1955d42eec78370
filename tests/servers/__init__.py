"""Private servers for the tests: ports, folder and life of their own, nothing of the machine touched."""

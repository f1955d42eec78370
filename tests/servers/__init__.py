"""Private servers for the tests: their own ports, their own folder, nothing of the machine's touched."""

"""The attack corpus as a program (security §3 to §6): `make attacks`, or `python -m tests.attacks`."""

"""Everything that speaks to the outside: contract, security, SOAP, outbound calls, console, command line."""

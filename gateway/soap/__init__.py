"""The SOAP endpoint: a request's life from bytes to bytes, and its faults."""

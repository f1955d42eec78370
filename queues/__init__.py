"""Messaging that knows nothing of what it carries: brokers, workers, the relay."""

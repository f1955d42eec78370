"""Cases: what is done about an application, step by step, and who may see it."""

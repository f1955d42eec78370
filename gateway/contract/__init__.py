"""The published contract: services, operations and types, declared once, and the codecs compiled from them."""

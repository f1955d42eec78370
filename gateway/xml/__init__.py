"""The one hardened XML parser, the namespaces, canonical forms."""

"""The register of invalid documents: reports of issuers, and the check of validity."""

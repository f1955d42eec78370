"""Who sent it and is it what they signed: signatures, trust, tokens, identity, access rights."""

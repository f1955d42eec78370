"""What the operator's own staff are told."""

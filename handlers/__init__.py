"""What a message does to a register, and how the registers are kept."""

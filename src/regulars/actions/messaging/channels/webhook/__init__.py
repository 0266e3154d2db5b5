"""Any other machine: a signed POST that cannot be turned against the inside."""

"""The shop itself, and which of the two is at hand."""

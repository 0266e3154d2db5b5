"""What a person does: cards to sign and post, calls to make; each a decision that waits for somebody's hand."""

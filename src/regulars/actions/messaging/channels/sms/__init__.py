"""Text messages: their size, the providers that carry them, and the words that end them."""

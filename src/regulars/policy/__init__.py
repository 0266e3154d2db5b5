"""May we, and whom? Rules as pure functions: what is asked, what is known, and the answer with its reason."""

"""E-mail: built, handed to a mail server or a provider, and what comes back."""

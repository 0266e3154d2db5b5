"""What letters say: templates in each language, rendered in a sandbox, checked before anybody reads them."""

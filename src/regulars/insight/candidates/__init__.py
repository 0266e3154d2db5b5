"""Who could forecast a shop: rules of thumb, lifetime models, boosted trees, and their means."""

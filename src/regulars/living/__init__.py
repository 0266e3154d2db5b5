"""A shop of invented customers who live in the product: they order, it writes to them, they react, day after day."""

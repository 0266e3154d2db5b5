"""What we believe of each customer, and of the shop."""

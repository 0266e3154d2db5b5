"""What did it truly change? Estimates from people who were drawn by lot, and statements that survive being looked at daily."""

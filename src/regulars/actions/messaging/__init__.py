"""The outbox: every message is a row that ends in a named state; nothing is lost, nothing is sent twice."""

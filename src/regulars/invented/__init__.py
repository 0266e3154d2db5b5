"""The demo shop: invented, filled through the same import as everybody's, with a past in which plays ran."""

"""What will each customer do next? Lifetime models fitted on distinct histories, and the forecasts they allow."""

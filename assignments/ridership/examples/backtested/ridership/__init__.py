"""Four-week forecasts of the entries at Clark/Lake."""

"""From a SOURCE to a content-addressed snapshot and a plan."""

"""Notes what estimators are fitted, applied and measured on while a work runs: a hint, for the work can forge it."""

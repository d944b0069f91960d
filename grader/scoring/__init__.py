"""From Evidence to a Score: pure, so that rescoring gives the same bytes."""

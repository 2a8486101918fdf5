"""What several dialects need: strict JSON, times as sources write them, answers with their refusals."""

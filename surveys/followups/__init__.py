"""Follow-ups: what rules ask for, when and of whom."""

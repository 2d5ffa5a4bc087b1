"""The outbox: claim, compose, deliver, settle; what people do by hand; what comes back."""

"""What HTTP needs and no domain: routing, negotiation, responses, caching, compression and telemetry."""

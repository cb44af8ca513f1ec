"""HTTP without the domain: routing, negotiation, responses, caching, compression, log and metrics."""

"""The health check of the container: exits with 1 and the reason if the service of these settings is not ready."""

import sys

import httpx

from app.settings import Settings


def main() -> None:
    """Ask the service for `/readyz`, at the address or on the Unix socket where it listens."""
    settings = Settings()
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    transport = httpx.HTTPTransport(uds=settings.uds or None, verify=False)
    with httpx.Client(transport=transport, timeout=5, trust_env=False) as client:
        try:
            response = client.get(f"http://{host}:{settings.port}/readyz")
        except httpx.TransportError as error:
            sys.exit(f"not reached: {error}")
    if response.status_code != httpx.codes.OK:
        sys.exit(response.text)


if __name__ == "__main__":
    main()

"""The health check of the container: exits with 1 and the reason if the service is not ready.

It reads its settings itself, because `app.settings` would take twice the processor time, every ten seconds.
"""

import os
import sys

import httpx


def main() -> None:
    """Ask the service for `/readyz`, at the address or on the Unix socket where it listens."""
    host, port = os.environ.get("DOSSIER_HOST", "127.0.0.1"), os.environ.get("DOSSIER_PORT", "8000")
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    transport = httpx.HTTPTransport(uds=os.environ.get("DOSSIER_UDS") or None, verify=False)
    with httpx.Client(transport=transport, timeout=4, trust_env=False) as client:
        try:
            response = client.get(f"http://{place}/readyz")
        except httpx.TransportError as error:
            sys.exit(f"not reached: {error}")
    if response.status_code != httpx.codes.OK:
        sys.exit(response.text)


if __name__ == "__main__":
    main()

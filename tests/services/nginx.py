"""A real nginx on a free port, with the configuration of the documentation."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.services.ports import free_port

REQUIRED = bool(os.environ.get("CI"))
_SECONDS = 20
_MAIN = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@contextmanager
def nginx(folder: Path, configuration: str) -> Iterator[str]:
    """nginx with the configuration of a site, which listens on a free port instead of 80; yields its URL.

    Without nginx, the tests that need it are skipped, or fail under `CI`.
    """
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        missing = "no nginx: `apt-get install nginx-light`"
        if REQUIRED:
            pytest.fail(missing)
        pytest.skip(missing)
    port = free_port()
    site, found = re.subn(r"listen 80;", f"listen 127.0.0.1:{port};", configuration)
    assert found == 1
    folder.chmod(0o755)  # nginx's workers may be of another user
    (folder / "site.conf").write_text(site)
    (folder / "nginx.conf").write_text(_MAIN.format(folder=folder))
    url = f"http://127.0.0.1:{port}"
    log = folder / "nginx.log"
    with log.open("wb") as output:
        process = subprocess.Popen([program, "-c", folder / "nginx.conf"], stderr=output)
    try:
        for _ in range(_SECONDS * 20):
            try:
                httpx.head(url, verify=False)
                break
            except httpx.TransportError:
                assert process.poll() is None, log.read_text()
                time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=_SECONDS)

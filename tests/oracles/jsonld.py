"""The JSON-LD context that the W3C publishes for Web Annotations, kept here so that no test needs the network."""

import json
from pathlib import Path
from typing import Any

CONTEXT: dict[str, Any] = json.loads(Path(__file__).with_name("anno.jsonld").read_text("utf-8"))

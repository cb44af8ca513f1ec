"""Files of the repository that tests read."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SEED = ROOT / "seed" / "sceeus-guest-commentary-8-2022"
"""The bundle of the first commentary."""
COMMENTARY = ROOT / "tests" / "commentary" / "harbour-notes-3-2023"
"""An invented second commentary, which shares actors with the seed."""

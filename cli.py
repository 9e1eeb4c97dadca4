"""Launcher for a checkout: ``python cli.py ask rules/...`` works without installing remit itself."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "engine"))

if __name__ == "__main__":
    from remit.cli import main

    main()

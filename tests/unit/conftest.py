"""Unit tests run without a site: only the app's own folder is needed on the path."""

import sys
from pathlib import Path

APP_ROOT = str(Path(__file__).resolve().parents[2] / "apps" / "skycrm")
if APP_ROOT not in sys.path:
	sys.path.insert(0, APP_ROOT)

"""Unit tests run without a site: only the app's own folder and the helpers are needed on the path."""

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# On a bench the app is an installed package already, and must not be there twice
if importlib.util.find_spec("skycrm") is None:
	sys.path.insert(0, str(ROOT / "apps" / "skycrm"))
sys.path.insert(0, str(ROOT / "tools"))

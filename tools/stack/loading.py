"""bin/load: the benchmarks of tests/load on a site of their own."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from . import testing, web
from .context import Context

SITE = "load-skycrm.localhost"


def run(context: Context, rest: Sequence[str]) -> int:
	"""Prepare the site as bin/test does, then print the figures; returns the exit code."""
	started = testing.prepare(context, ["load"], [])
	try:
		site = context.config.test_site
		address = [f"--site={site}", f"--url=http://127.0.0.1:{web.port(context)}"]
		script = context.config.checkout / "tests" / "load" / "run.py"
		return subprocess.run(
			[str(context.python), "-W", "ignore", str(script), *address, *rest],
			cwd=context.bench / "sites",
			env={**context.env(), "PYTHONDONTWRITEBYTECODE": "1"},
			check=False,
		).returncode
	finally:
		web.stop(context, started)

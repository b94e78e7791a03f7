"""What every kind of test shares: the last lines say what could not run here."""

import os
from typing import Any


def take_lane() -> None:
	"""Give a worker of a run in several lanes a site of its own, before anything reads which it is."""
	worker, sites = os.environ.get("PYTEST_XDIST_WORKER", ""), os.environ.get("SKYCRM_TEST_SITES", "").split()
	if worker and len(sites) > 1:
		site = sites[int(worker.removeprefix("gw")) % len(sites)]
		os.environ["SKYCRM_TEST_SITE"] = site
		os.environ["SKYCRM_URL"] = f"http://{site}:{os.environ['SKYCRM_PORT']}"


take_lane()


def pytest_terminal_summary(terminalreporter: Any) -> None:
	"""Print the kinds that did not run and why, right before pytest's own last line."""
	if note := os.environ.get("SKYCRM_NOT_RUN"):
		terminalreporter.section("not run")
		terminalreporter.write_line(note)

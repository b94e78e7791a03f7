"""What every kind of test shares: the last lines say what could not run here."""

import os
from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
	"""Print the kinds that did not run and why, right before pytest's own last line."""
	if note := os.environ.get("SKYCRM_NOT_RUN"):
		terminalreporter.section("not run")
		terminalreporter.write_line(note)

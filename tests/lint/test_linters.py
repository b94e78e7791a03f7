"""The linters of the field find nothing. One that cannot be installed on this machine is named as skipped, with why."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import lint


@pytest.mark.parametrize("name", list(lint.CHECKS))
def test_linter_finds_nothing(name):
	try:
		outcome = lint.CHECKS[name]()
	except lint.NotAvailable as reason:
		pytest.skip(f"{name} cannot be installed here: {reason}")
	assert outcome.state == "passed", outcome.detail

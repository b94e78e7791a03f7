"""What runs before a commit is what tools/lint.py runs, and every exception to a rule is explained."""

import re
from pathlib import Path

import lint
import pytest

ROOT = Path(__file__).resolve().parents[2]
HOOKS = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
SOURCES = [
	path
	for folder, endings in (("apps", ("py", "js")), ("tests", ("py",)), ("tools", ("py",)))
	for ending in endings
	for path in sorted((ROOT / folder).rglob(f"*.{ending}"))
	if "node_modules" not in path.parts
]
# A suppression of a whole rule, without the rule's name, would hide the next finding as well.
SUPPRESSION = re.compile(
	r"(?:#|//) ?(?:nosemgrep|noqa|type: ignore|eslint-disable(?:-next-line)?|prettier-ignore)\b(.*)"
)
NAMED = re.compile(r"(?:: |\[| )[a-zA-Z][\w-]+\]?$")


@pytest.mark.parametrize(
	("repository", "tool"),
	[("ruff-pre-commit", lint.RUFF), ("mirrors-prettier", lint.PRETTIER), ("mirrors-eslint", lint.ESLINT)],
)
def test_hooks_have_the_versions_of_the_linter(repository, tool):
	version = re.search(rf"/{repository}\n\s+rev: v([\d.]+)", HOOKS)
	assert version and version.group(1) == re.split("==|@", tool)[1]


def suppressions() -> list[tuple[str, str, str]]:
	"""(place, what follows the mark, line above) of every suppression."""
	found = []
	for path in SOURCES:
		lines = path.read_text(encoding="utf-8").splitlines()
		for number, line in enumerate(lines):
			if path.name not in ("lint.py", "test_lint.py") and (mark := SUPPRESSION.search(line)):
				above = lines[number - 1].strip() if number else ""
				found.append((f"{path.relative_to(ROOT)}:{number + 1}", mark.group(1), above))
	return found


def test_every_suppression_names_its_rule_and_has_a_reason_above():
	nameless = [place for place, rule, _above in suppressions() if not NAMED.match(rule)]
	assert not nameless, "say which rule, as in `# nosemgrep: frappe-using-db-sql`"
	silent = [place for place, _rule, above in suppressions() if not above.startswith(("#", "//", "*"))]
	assert not silent, "say why in a comment on the line above"


def test_a_finding_and_its_exception_belong_together():
	found = {("a.py", 3, "rule"): "Do  not.", ("a.py", 9, "rule"): "Do not."}
	assert lint.semgrep_outcome(found, set(found)).state == "passed"
	assert lint.semgrep_outcome({}, set()).state == "passed"
	outcome = lint.semgrep_outcome(found, {("a.py", 3, "rule"), ("a.py", 5, "rule"), ("a.py", 9, "other")})
	assert outcome.state == "failed"
	assert [line.split(": ")[0] for line in outcome.detail.splitlines()] == ["a.py:9", "a.py:5", "a.py:9"]
	assert "Do not." in outcome.detail and "other" in outcome.detail

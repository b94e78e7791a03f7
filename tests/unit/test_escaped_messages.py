"""Messages are shown as HTML: what people typed goes into them escaped, through `shown` or `escape_html`.

Checked where a value is put in bold, for that is how names and values stand in our messages.
"""

import ast
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "apps" / "skycrm" / "skycrm"
# Calls that give safe HTML: escaped, a translated text of ours, a date or a number
SAFE = {
	"escape_html",
	"text",
	"_",
	"format_datetime",
	"format_date",
	"str_to_user",
	"cint",
	"flt",
	"len",
	"get_label",
}
# file → expressions that hold no text of anybody
KNOWN = {
	"services/access_explain.py": {"_label(right)"},
	"services/merge_obstacles.py": {"label"},
}


def bold_arguments():
	for path in sorted(APP.rglob("*.py")):
		if "demo" in path.parts:
			continue
		for node in ast.walk(ast.parse(path.read_text("utf-8"))):
			if isinstance(node, ast.Call) and ast.unparse(node.func) in ("frappe.bold", "bold"):
				yield str(path.relative_to(APP)), node.lineno, node.args[0]


def is_safe(file, argument):
	if isinstance(argument, ast.Constant):
		return True
	if isinstance(argument, ast.Call) and ast.unparse(argument.func).split(".")[-1] in SAFE:
		return True
	return ast.unparse(argument) in KNOWN.get(file, ())


def test_there_are_bold_words():
	assert len(list(bold_arguments())) > 20


def said(value):
	"""The same in every process: the lanes of a run compare their tests by name."""
	return ast.unparse(value)[:40] if isinstance(value, ast.AST) else str(value)


@pytest.mark.parametrize(("file", "line", "argument"), bold_arguments(), ids=said)
def test_what_is_in_bold_is_escaped(file, line, argument):
	assert is_safe(file, argument), (
		f"{file}:{line}: {ast.unparse(argument)}: use services.record_checks.shown"
	)

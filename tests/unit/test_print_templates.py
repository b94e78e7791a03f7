"""The Jinja bodies of the print formats, without a site: they parse, they escape, every text of theirs has Vietnamese."""

import ast
import csv
import json
import re
from pathlib import Path

import jinja2
import pytest

APP = Path(__file__).resolve().parents[2] / "apps" / "skycrm" / "skycrm"
TEMPLATES = sorted((APP / "print_formats").glob("*.html"))
BODIES = {"quotation.html", "sales_order.html", "sales_invoice.html", "lead.html", "opportunity.html"}
# `_("text")` and `_("text", context="where")`
TEXT = re.compile(r"""_\("((?:[^"\\]|\\.)*)"(?:,\s*context="([^"]*)")?\)""")


def translations() -> set[tuple[str, str]]:
	with (APP / "translations" / "vi.csv").open(encoding="utf-8", newline="") as file:
		return {
			(row[0], row[2] if len(row) > 2 else "") for row in csv.reader(file) if row and row[1].strip()
		}


def texts_of_python(path: Path) -> list[tuple[str, str]]:
	found = []
	for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
		if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"):
			continue
		text = node.args[0]
		if isinstance(text, ast.Constant):
			context = next((word.value.value for word in node.keywords if word.arg == "context"), "")
			found.append((text.value, context))
	return found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_template_parses(path):
	jinja2.Environment().parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_template_escapes_by_itself(path):
	"""The framework does not escape what templates print, and an included file does not inherit the switch."""
	source = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S).strip()
	if path.name in BODIES:
		assert "{{" not in source, "a body prints nothing itself: it stands outside of the escaping block"
	else:
		assert source.startswith("{%- autoescape true -%}")
		assert source.endswith("{%- endautoescape -%}")
		assert source.count("autoescape") == 2
	safe = {part.strip() for part in re.findall(r"\{\{([^}]*)\|\s*safe", source)}
	assert safe <= {"view.letter_head", "view.footer"}
	assert "in_words" not in source, "ERPNext's own words are wrong in Vietnamese"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_texts_of_templates_are_translated(path):
	texts = set(TEXT.findall(path.read_text(encoding="utf-8")))
	assert texts <= translations(), texts - translations()
	# No bare words between tags: everything that is read goes through _().
	words = re.sub(
		r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<style.*?</style>|<[^>]*>|&nbsp;", " ", path.read_text(), flags=re.S
	)
	assert not re.search(r"[A-Za-z]{2,}", words), re.findall(r"[A-Za-z]{2,}", words)


@pytest.mark.parametrize(
	"path", sorted((APP / "services" / "printing").glob("*.py")), ids=lambda path: path.name
)
def test_texts_of_views_are_translated(path):
	country_and_address = {("Phone Number", ""), ("Email Id", "")}
	missing = set(texts_of_python(path)) - translations() - country_and_address
	assert not missing


def test_records_include_their_bodies():
	folders = [
		path for path in (APP / "skycrm" / "print_format").iterdir() if (path / "__init__.py").exists()
	]
	assert len(folders) >= 5
	for folder in folders:
		record = json.loads((folder / f"{folder.name}.json").read_text(encoding="utf-8"))
		html = (folder / f"{folder.name}.html").read_text(encoding="utf-8").strip()
		assert record["html"] == html
		included = re.fullmatch(r'\{% include "skycrm/print_formats/(\w+\.html)" %\}', html)
		assert included and (APP / "print_formats" / included.group(1)).exists()
		assert (record["custom_format"], record["standard"], record["module"]) == (1, "Yes", "SkyCRM")

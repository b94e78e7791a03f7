"""Finds every text that a user of the app can read, and names those that translations/vi.csv does not hold.

No site is needed: texts are read from the app's own JSON records and from the calls of `_()` and `__()`.

    python3 tools/messages.py              every text
    python3 tools/messages.py --missing    only those without a Vietnamese line
"""

from __future__ import annotations

import argparse
import ast
import csv
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

APP = Path(__file__).resolve().parent.parent / "apps" / "skycrm" / "skycrm"
VIETNAMESE = APP / "translations" / "vi.csv"

# Field types whose options are choices that the user reads.
CHOICES = ("Select", "Autocomplete")
# Records of the app by DocType → the values of theirs that the desk translates and shows.
RECORD_TEXTS: dict[str, tuple[str, ...]] = {
	"DocType": ("name", "description"),
	"Workspace": ("title", "label"),
	"Number Card": ("label", "name"),
	"Dashboard Chart": ("chart_name", "name"),
	"Dashboard": ("dashboard_name",),
	"Module Onboarding": ("title", "subtitle", "success_message"),
	"Onboarding Step": ("title", "description", "action_label"),
	"Form Tour": ("title",),
	"Report": ("report_name", "name"),
	"Print Format": ("name",),
	"Notification": ("subject",),
	"Web Form": ("title", "introduction_text", "success_title", "success_message", "button_label"),
	"Page": ("title",),
	"Workflow": ("workflow_name",),
	"Workflow State": ("workflow_state_name",),
	"Workflow Action Master": ("workflow_action_name",),
	"Role": ("role_name",),
	"Sky Lead Source": ("source_name", "lead_source"),
	"Sky Lost Reason": ("reason", "lost_reason"),
}
# Child rows inside such records: key of the table → values shown.
ROW_TEXTS: dict[str, tuple[str, ...]] = {
	"shortcuts": ("label", "format"),
	"links": ("label", "group"),
	"quick_lists": ("label",),
	"number_cards": ("label",),
	"charts": ("label",),
	"custom_blocks": ("label",),
	"steps": ("title", "description"),
	"states": ("state", "message", "title"),
	"transitions": ("action", "state", "next_state"),
	"columns": ("label",),
	"filters": ("label",),
	"actions": ("label",),
	"web_form_fields": ("label", "description"),
}
# Constants of installers that name records: the desk translates the names.
SEEDED = {
	"setup/defaults.py": ("STAGES", "ROOT_TEAM"),
	"setup/kanban.py": ("LEAD_BOARD", "OPPORTUNITY_BOARD"),
}
# `__("…")` and `_("…")` in scripts and templates; the text may hold escaped quotes.
CALL = re.compile(
	r"""(?<![\w.$])_{1,2}\(\s*(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\$]|\\.)*)`)"""
)


# What may follow the text inside the call: the context, in a template and in a script.
CONTEXT = re.compile(r"""\s*,\s*(?:context\s*=\s*|(?:null|\[[^\]]*\])\s*,\s*)["']([^"']+)["']""")

# A text and its context, "" for none: the desk looks up the pair, then the text alone.
Message = tuple[str, str]


def all_messages() -> dict[Message, set[str]]:
	"""Every text with its context, and the files that show it."""
	found: dict[Message, set[str]] = {}
	for path in sorted(APP.rglob("*")):
		if not path.is_file() or "dist" in path.parts or "__pycache__" in path.parts:
			continue
		for message in messages_of(path):
			text, context = message if isinstance(message, tuple) else (message, "")
			text = text.strip()
			if text and re.search(r"[^\W\d_]", text):
				found.setdefault((text, context), set()).add(path.relative_to(APP).as_posix())
	return found


def messages_of(path: Path) -> Iterator[str | Message]:
	"""The texts of one file, as a pair where the call names a context."""
	if path.suffix == ".json":
		content = json.loads(path.read_text(encoding="utf-8"))
		for record in content if isinstance(content, list) else [content]:
			if isinstance(record, dict):
				yield from messages_of_record(record)
	elif path.suffix == ".py" and "/demo/" not in path.as_posix():
		source = path.read_text(encoding="utf-8")
		yield from messages_of_python(source)
		for name, constants in SEEDED.items():
			if path.as_posix().endswith(name):
				yield from seeded_names(source, constants)
	elif path.suffix in (".js", ".html"):
		source = path.read_text(encoding="utf-8")
		for call in CALL.finditer(source):
			text = unescape(next((quoted for quoted in call.groups() if quoted), ""))
			context = CONTEXT.match(source, call.end())
			yield (text, context.group(1)) if context else text


def unescape(text: str) -> str:
	return text.replace('\\"', '"').replace("\\'", "'").replace("\\n", "\n").replace("\\\\", "\\")


def messages_of_python(source: str) -> Iterator[str | Message]:
	for node in ast.walk(ast.parse(source)):
		if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
			continue
		name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
		if name in ("_", "_lt") and isinstance(node.args[0].value, str):
			contexts = [
				k.value.value
				for k in node.keywords
				if k.arg == "context" and isinstance(k.value, ast.Constant)
			]
			yield (node.args[0].value, contexts[0]) if contexts else node.args[0].value


def seeded_names(source: str, constants: tuple[str, ...]) -> Iterator[str]:
	"""The names that an installer gives to records: a text, or the first of each row of a table."""
	for node in ast.parse(source).body:
		target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
		if isinstance(target, ast.Name) and target.id in constants and node.value:
			value = ast.literal_eval(node.value)
			yield from [value] if isinstance(value, str) else [row[0] for row in value]


def messages_of_record(record: dict) -> Iterator[str]:
	doctype = record.get("doctype")
	for key in RECORD_TEXTS.get(doctype, ()):
		yield str(record.get(key) or "")
	for table, keys in ROW_TEXTS.items():
		for row in record.get(table) or []:
			if isinstance(row, dict):
				for key in keys:
					yield str(row.get(key) or "")
	if doctype == "DocType":
		yield from messages_of_doctype(record)
	if doctype == "Workspace":
		for block in json.loads(record.get("content") or "[]"):
			text = str(block.get("data", {}).get("text") or "")
			yield re.sub(r"<[^>]+>", "", text)


def messages_of_doctype(doctype: dict) -> Iterator[str]:
	for field in doctype.get("fields") or []:
		yield str(field.get("label") or "")
		yield str(field.get("description") or "")
		yield str(field.get("placeholder") or "")
		if field.get("fieldtype") in CHOICES:
			yield from str(field.get("options") or "").split("\n")
	for link in doctype.get("links") or []:
		yield str(link.get("group") or "")


def translations() -> dict[Message, str]:
	"""The lines of vi.csv: text and context → Vietnamese."""
	if not VIETNAMESE.exists():
		return {}
	with VIETNAMESE.open(encoding="utf-8", newline="") as file:
		return {
			(row[0].replace("\\n", "\n"), row[2] if len(row) > 2 else ""): row[1]
			for row in csv.reader(file)
			if len(row) >= 2
		}


def missing() -> dict[Message, set[str]]:
	"""Texts without a Vietnamese line, with the files that show them.

	A context names a meaning of its own, so a line without it does not do.
	"""
	known = translations()
	return {message: files for message, files in all_messages().items() if message not in known}


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--missing", action="store_true")
	chosen = missing() if parser.parse_args().missing else all_messages()
	for (text, context), files in chosen.items():
		print(json.dumps({"text": text, "context": context, "in": sorted(files)[:3]}, ensure_ascii=False))
	return 0


if __name__ == "__main__":
	sys.exit(main())

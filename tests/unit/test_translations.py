"""Every text that a user can read has its Vietnamese, and each line of vi.csv is sound."""

import csv
import re
import sys
import unicodedata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import messages

PLACEHOLDER = re.compile(r"\{\d*\}|\{[a-z_]+\}|%s")


def rows() -> list[list[str]]:
	with messages.VIETNAMESE.open(encoding="utf-8", newline="") as file:
		return [row for row in csv.reader(file) if row]


def test_no_text_is_without_its_vietnamese():
	missing = messages.missing()
	assert not missing, "\n".join(f"{text!r} in {sorted(files)[0]}" for text, files in missing.items())


def test_every_line_has_a_text_and_a_translation():
	assert not [row for row in rows() if len(row) not in (2, 3) or not row[0] or not row[1].strip()]


def test_no_text_is_translated_twice():
	texts = [tuple([row[0], *row[2:]]) for row in rows()]
	assert sorted({text for text in texts if texts.count(text) > 1}) == []


def test_placeholders_are_the_same_on_both_sides():
	wrong = [
		row for row in rows() if sorted(PLACEHOLDER.findall(row[0])) != sorted(PLACEHOLDER.findall(row[1]))
	]
	assert not wrong


def test_vietnamese_is_in_composed_unicode():
	assert not [row[1] for row in rows() if unicodedata.normalize("NFC", row[1]) != row[1]]


def test_extraction_sees_each_way_of_writing_a_text(tmp_path):
	script = tmp_path / "a.js"
	script.write_text(
		"""__("One {0}", [x]); __('Two'); frappe.msgprint(__(\n\t"Three \\"quoted\\""\n)); a.__("no")"""
	)
	assert list(messages.messages_of(script)) == ["One {0}", "Two", 'Three "quoted"']
	script.write_text("""__("Open", null, "Sky Lead"); {{ _("Amount", context="Printed document") }}""")
	assert list(messages.messages_of(script)) == [("Open", "Sky Lead"), ("Amount", "Printed document")]
	python = tmp_path / "a.py"
	python.write_text('_("Four")\nfrappe._("Five")\n_(variable)\nother("no")\n')
	assert list(messages.messages_of(python)) == ["Four", "Five"]

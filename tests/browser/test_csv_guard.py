"""CSV that the browser makes holds no formulas, by the server's rule; put into a table again it is what it was."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from desk_people import PEOPLE
from playwright.sync_api import expect
from served_site import ServedSite, letters
from spreadsheet_cases import DANGEROUS, PLAIN

from skycrm.domain.spreadsheet_files import change_csv
from skycrm.domain.spreadsheet_safety import neutralise, restore

TEXTS = DANGEROUS + PLAIN
SIGNS = "'=+-@＝＠\t\r\n\x00\x1c\x85\u200b\ufeff 09.,;()%eE\"<&>aĐ"
# Rows of the framework's own before the first one of the table
HEAD = 7
FORMULA = "=SUM(A1:A9)*cmd|A0"


@pytest.fixture
def quotation(desk: Any) -> Desk:
	"""A new quotation of the seller whose table holds a text per row: nothing of it is saved."""
	seller = desk("seller")
	seller.open("quotation/new")
	seller.on_form("Quotation")
	seller.page.evaluate(
		"""texts => {
			cur_frm.clear_table('items');
			texts.forEach((text, place) => cur_frm.add_child('items',
				{item_name: text, additional_notes: `Dòng ${place}`, rate: -5.5 - place}));
			cur_frm.refresh_field('items');
		}""",
		TEXTS,
	)
	yield seller
	# A form that was changed asks before it is left.
	seller.page.evaluate("() => frappe.model.clear_doc(cur_frm.doctype, cur_frm.docname)")


def as_the_framework_writes(desk: Desk, texts: list[str]) -> list[str]:
	"""What its way through HTML leaves of texts: no NUL, line feeds only."""
	return desk.page.evaluate("texts => texts.map((text) => $('<i>').html(text).text())", texts)


def downloaded(desk: Desk, folder: Path) -> Path:
	with desk.page.expect_download() as waiting:
		desk.control("items").locator(".grid-download").click()
	path = folder / "table.csv"
	waiting.value.save_as(path)
	return path


def rows_of(path: Path) -> list[dict[str, str]]:
	rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8"), newline="")))
	return [dict(zip(rows[2], row, strict=True)) for row in rows[HEAD:]]


def test_the_download_of_a_table_is_guarded_and_its_upload_restores_it(
	quotation: Desk, tmp_path: Path
) -> None:
	written = as_the_framework_writes(quotation, TEXTS)
	path = downloaded(quotation, tmp_path)
	rows = rows_of(path)
	assert [row["item_name"] for row in rows] == [neutralise(text) for text in written]
	assert [row["item_name"] for row in rows if row["item_name"].startswith("'=")], "nothing was guarded"
	# The decimal comma of the site's number format: the upload reads numbers by it.
	assert [row["rate"] for row in rows] == [
		f"{-5.5 - place}".replace(".", ",") for place in range(len(TEXTS))
	]

	quotation.page.evaluate("() => { cur_frm.clear_table('items'); cur_frm.refresh_field('items'); }")
	quotation.control("items").locator(".grid-upload").click()
	dialog = quotation.dialog
	dialog.locator("input[type=file]").first.set_input_files(path)
	dialog.locator(".btn-modal-primary:visible, .modal-footer .btn-primary:visible").first.click()
	quotation.page.wait_for_function(
		"count => (cur_frm.doc.items || []).length === count && $('.msgprint:visible').length", arg=len(TEXTS)
	)
	table = quotation.doc()["items"]
	assert [row.get("item_name") or "" for row in table] == written
	assert [row["additional_notes"] for row in table] == [f"Dòng {place}" for place in range(len(TEXTS))]
	assert [row["rate"] for row in table] == [-5.5 - place for place in range(len(TEXTS))]
	while quotation.page.locator(".modal.show").count():
		quotation.page.keyboard.press("Escape")
		quotation.page.wait_for_timeout(300)


def test_markup_that_becomes_a_formula_on_the_way_is_guarded_too(desk: Any) -> None:
	seller = desk("seller")
	seller.open("todo")
	text = seller.page.evaluate(
		"() => frappe.tools.to_csv([['&#61;1+1', '<b></b>=2', 'x&quot;,=3', -4, '-5', null, '+84912345678']])"
	)
	cells = next(csv.reader([text]))
	assert cells[:2] == ["'=1+1", "'=2"]
	assert not [cell for cell in cells if cell.startswith("=")]
	assert cells[-4:] == ["-4", "-5", "", "+84912345678"]


def test_the_browser_and_the_server_have_one_rule(desk: Any) -> None:
	seller = desk("seller")
	seller.open("todo")
	dice = random.Random(15)
	texts = [
		*TEXTS,
		*("".join(dice.choices(SIGNS, k=dice.randint(1, 12))) for _ in range(4000)),
		*("+" + "".join(dice.choices("0123456789 ()-.", k=dice.randint(5, 20))) for _ in range(1000)),
	]
	given = seller.page.evaluate(
		"""texts => texts.map((text) => {
			const {neutralise, restore, change_csv} = skycrm.csv_guard;
			return [neutralise(text), restore(text), change_csv(text, neutralise), restore(neutralise(text))];
		})""",
		texts,
	)
	wrong = [
		(text, found)
		for text, found in zip(texts, given, strict=True)
		if found != [neutralise(text), restore(text), change_csv(text, neutralise), text]
	]
	assert not wrong, wrong[:5]


def test_cells_of_a_report_are_guarded_when_several_are_copied(site: ServedSite, desk: Any) -> None:
	seller = desk("seller")
	name = letters("Đỗ Thị")
	site.insert(
		"Sky Lead", lead_name=name, organization=FORMULA, lead_owner=PEOPLE["seller"].email, source=None
	)
	seller.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
	seller.open("todo")
	seller.page.evaluate(
		"""settings => frappe.xcall('frappe.model.utils.user_settings.save',
			{doctype: 'Sky Lead', user_settings: JSON.stringify(settings)})""",
		{
			"Report": {
				"fields": [["lead_name", "Sky Lead"], ["organization", "Sky Lead"]],
				"filters": [["Sky Lead", "lead_name", "=", name]],
			},
		},
	)
	seller.open("sky-lead/view/report")
	cells = seller.body.locator(".datatable .dt-row-0 .dt-cell")
	first = cells.filter(has_text=name).first
	expect(first).to_be_visible()

	def copied(*keys: str) -> str:
		first.click()  # a copy takes the focus away
		for key in (*keys, "Control+c"):
			seller.page.keyboard.press(key)
		seller.page.wait_for_timeout(200)
		return seller.page.evaluate("() => navigator.clipboard.readText()")

	assert copied() == name
	assert copied("ArrowRight") == FORMULA, "a single value stays as it is"
	assert copied("Shift+ArrowRight") == f"{name}\t{neutralise(FORMULA)}"
	back = seller.page.evaluate(
		"text => frappe.utils.csv_to_array(text, '\\t')", f"{name}\t{neutralise(FORMULA)}"
	)
	assert back == [[name, FORMULA]]
	seller.list("Sky Lead")


def test_the_preview_of_an_export_shows_what_the_file_will_hold(site: ServedSite, desk: Any) -> None:
	seller = desk("seller")
	seller.open("query-report/Sales Pipeline by Stage")
	seller.page.wait_for_function("() => window.frappe && frappe.report_utils")
	seller.page.evaluate("() => frappe.report_utils.get_export_dialog('X', null, () => {}).show()")
	seller.dialog.wait_for()
	seller.page.wait_for_function("() => frappe.report_utils.is_guarded_by_skycrm")
	shown = seller.page.evaluate("() => frappe.report_utils.get_csv_preview([['=1+1', -5]], 2, ',')")
	assert shown.strip() == '"\'=1+1",-5'
	seller.close()

"""Products of interest out of a column of a file: read by code or name, refused with a reason, added to known leads."""

from __future__ import annotations

import json

import pytest
from factories import make_item, make_lead, unique
from import_records import as_csv, counts, dry_run, imported, new_import, outcomes

import frappe

from skycrm.services import import_actions, import_preview, import_run

HEADERS = ["Họ tên", "Email", "Sản phẩm"]


@pytest.fixture
def items():
	"""Return two item codes; the second is also known by its name."""
	chair = make_item(unique("GHE").replace(" ", "-"))
	desk = make_item(unique("BAN").replace(" ", "-"), item_name=unique("Bàn, gỗ sồi"))
	return chair, desk


def email() -> str:
	return f"{frappe.generate_hash(length=10)}@products.example.com"


def row(products: str, **cells: str) -> list[str]:
	values = {"Họ tên": unique("Nguyễn Văn"), "Email": email(), "Sản phẩm": products, **cells}
	return [values.get(header, "") for header in HEADERS]


def a_list(*rows: list[str]) -> str:
	return as_csv([HEADERS, *rows])


def products_of(lead: str) -> list[tuple[str, float]]:
	return [(one.item_code, one.qty) for one in frappe.get_doc("Sky Lead", lead).items]


def test_codes_names_and_quantities_become_rows_as_by_the_form(items):
	chair, desk = items
	name = frappe.db.get_value("Item", desk, "item_name")
	done = imported(
		a_list(row(f"{chair} x 2; {name}"), row(f"{chair},{desk}*1,5"), row(""), row(chair.lower()))
	)
	assert counts(done) == (4, 0, 0, 0)
	leads = [lead for _line, _outcome, lead, _header in outcomes(done)]
	assert [products_of(lead) for lead in leads] == [
		[(chair, 2), (desk, 1)],
		[(chair, 1), (desk, 1.5)],
		[],
		[(chair, 1)],
	]
	first = frappe.get_doc("Sky Lead", leads[0])
	assert [one.item_name for one in first.items] == [chair, name]
	# What was written set-wise is what the form writes: a save by hand changes nothing.
	before = [one.as_dict() for one in first.items]
	first.job_title = "Giám đốc"
	first.save()
	for one, was in zip(first.reload().items, before, strict=True):
		differs = {key for key in was if one.get(key) != was[key]} - {"modified", "modified_by"}
		assert not differs


def test_products_count_for_the_score_as_by_the_form(items):
	chair, desk = items
	done = imported(a_list(row(f"{chair}; {desk}")))
	lead = frappe.get_doc("Sky Lead", outcomes(done)[0][2])
	by_form = make_lead(
		lead_name=lead.lead_name, email_id=email(), items=[{"item_code": code} for code in items]
	)
	assert lead.score == by_form.score


@pytest.mark.parametrize(
	("text", "word"),
	[("{chair}; Ghế bay", "Ghế bay"), ("{chair} x 0", "above 0"), ("Ghế bay x 2", "Ghế bay")],
)
def test_what_is_no_product_is_refused_with_line_column_and_reason(items, text, word):
	before = frappe.db.count("Sky Lead")
	done = imported(a_list(row(text.format(chair=items[0])), row(items[0]), row(items[1])))
	assert counts(done) == (2, 0, 0, 1)
	assert outcomes(done)[0] == (2, "Refused", None, "Sản phẩm")
	reason = frappe.db.get_value("Sky Lead Import Row", {"lead_import": done.name, "line": 2}, "reason")
	assert "Sản phẩm" in reason and word in reason
	assert frappe.db.count("Sky Lead") == before + 2


def test_products_that_are_not_sold_are_none(items):
	frappe.db.set_value("Item", items[0], "disabled", 1)
	assert counts(imported(a_list(row(items[0]), row(items[1])))) == (1, 0, 0, 1)


def test_two_products_of_one_name_are_told_apart_by_their_code(items):
	name = unique("Ghế xoay")
	for code in items:
		frappe.db.set_value("Item", code, "item_name", name)
	done = imported(a_list(row(name), row(items[0]), row(items[1])))
	assert [one[1] for one in outcomes(done)] == ["Refused", "Made", "Made"]


def test_a_column_of_words_is_one_of_notes(items):
	shown = import_preview.preview(new_import(a_list(row("hỏi ghế văn phòng"), row("cần báo giá"))))
	assert [one["field"] for one in shown["columns"]] == ["lead_name", "email_id", "notes"]
	shown = import_preview.preview(new_import(a_list(row(items[0]), row("cần báo giá"))))
	assert [one["field"] for one in shown["columns"]] == ["lead_name", "email_id", "items"]


def test_a_column_of_quantities_counts_one_product(items):
	chair, desk = items
	text = as_csv(
		[
			["Họ tên", "Sản phẩm", "Số lượng"],
			[unique("An"), chair, "3"],
			[unique("Bình"), f"{chair} x 2", ""],
			[unique("Chi"), f"{chair}; {desk}", "3"],
			[unique("Dung"), chair, "-1"],
		]
	)
	done = imported(text)
	assert [(line, outcome, header) for line, outcome, _lead, header in outcomes(done)] == [
		(2, "Made", None),
		(3, "Made", None),
		(4, "Refused", "Số lượng"),
		(5, "Refused", "Số lượng"),
	]
	made = [products_of(lead) for _line, outcome, lead, _header in outcomes(done) if outcome == "Made"]
	assert made == [[(chair, 3)], [(chair, 2)]]


def test_a_known_lead_gets_the_products_that_it_lacks(items):
	chair, desk = items
	known = make_lead(email_id=email(), items=[{"item_code": chair, "qty": 7}])
	again = row(f"{chair} x 2; {desk}", **{"Họ tên": known.lead_name, "Email": known.email_id})
	done = imported(a_list(again, [*again[:2], desk]), policy="Attach")
	assert counts(done) == (0, 2, 0, 0)
	assert products_of(known.name) == [(chair, 7), (desk, 1)]
	filled = frappe.get_all(
		"Sky Lead Touch",
		{"lead": known.name, "reference_name": done.name},
		pluck="filled",
		order_by="creation",
	)
	assert sorted(bool(one) and desk in one for one in filled) == [False, True]


def test_no_statement_per_row(items, statements):
	seen = []
	for count in (20, 200):
		doc = new_import(a_list(*(row(f"{items[0]} x 2; {items[1]}") for _ in range(count))))
		import_actions.start(doc.name)
		statements.clear()
		import_run.run(doc.name, frappe.db.commit)
		seen.append(len(statements))
		assert doc.reload().made == count
	assert seen[1] <= seen[0] + 7


def test_a_dry_run_writes_none(items):
	before = frappe.db.count("Sky Lead Item")
	assert counts(dry_run(new_import(a_list(row(items[0]))))) == (1, 0, 0, 0)
	assert frappe.db.count("Sky Lead Item") == before


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_report_with_products_comes_back(items, language):
	chair, desk = items
	lead = make_lead(email_id=email(), items=[{"item_code": chair, "qty": 2}, {"item_code": desk, "qty": 1}])
	frappe.local.lang = language
	frappe.local.form_dict = frappe._dict(
		doctype="Sky Lead",
		fields=json.dumps(
			["name", "lead_name", "email_id", "`tabSky Lead Item`.item_code", "`tabSky Lead Item`.qty"]
		),
		filters=json.dumps({"name": lead.name}),
		file_format_type="CSV",
		title="Sky Lead",
	)
	hook = frappe.get_hooks("override_whitelisted_methods")["frappe.desk.reportview.export_query"][-1]
	frappe.get_attr(hook)()
	content = frappe.response["filecontent"]
	# On a site that does not know the lead: the first row makes it, the second one adds to it.
	frappe.delete_doc("Sky Lead", lead.name)
	back = new_import(content)
	fields = [one["field"] for one in import_preview.preview(back)["columns"]]
	assert {"items", "_item_qty", "name"} <= set(fields)
	done = imported(content)
	assert (done.made, done.merged, done.refused) == (1, 1, 0)
	made = next(lead for _line, outcome, lead, _header in outcomes(done) if outcome == "Made")
	assert sorted(products_of(made)) == sorted([(chair, 2), (desk, 1)])

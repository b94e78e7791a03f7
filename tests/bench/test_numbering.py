"""Numbers of new leads and opportunities: the framework's own series, in one statement."""

from collections.abc import Iterator

import pytest
from factories import make_lead

import frappe
from frappe.model.naming import getseries

from skycrm.services.intake_bulk import take_names
from skycrm.services.numbering import next_numbers

PREFIX = "SKY-TRY-NUMBERS-"


@pytest.fixture
def naming_rule() -> Iterator[None]:
	"""Numbers of leads by a rule of the administrator."""
	frappe.get_doc(
		{
			"doctype": "Document Naming Rule",
			"document_type": "Sky Lead",
			"prefix": "DM-",
			"prefix_digits": 4,
		}
	).insert()
	frappe.cache_manager.clear_doctype_map("Document Naming Rule", "Sky Lead")
	yield
	frappe.cache_manager.clear_doctype_map("Document Naming Rule", "Sky Lead")


def test_a_series_begins_with_one_and_counts_on_with_the_framework():
	assert next_numbers(PREFIX, 5) == ["00001"]
	assert next_numbers(PREFIX, 5) == ["00002"]
	assert getseries(PREFIX, 5) == "00003"
	assert next_numbers(PREFIX, 5, 3) == ["00004", "00005", "00006"]
	assert getseries(PREFIX, 5) == "00007"


def test_a_block_may_begin_a_series():
	assert next_numbers(PREFIX, 3, 2) == ["001", "002"]


def test_more_digits_than_places_are_kept():
	frappe.db.sql("insert into `tabSeries` (`name`, `current`) values (%s, 99999)", (PREFIX,))
	assert next_numbers(PREFIX, 5, 2) == ["100000", "100001"]


def test_a_number_takes_one_statement(statements: list[str]):
	next_numbers(PREFIX, 5)
	statements.clear()
	next_numbers(PREFIX, 5)
	assert len(statements) == 1


def test_a_lead_is_named_by_its_series():
	year = frappe.utils.now_datetime().year
	first, second = make_lead().name, make_lead().name
	assert first.startswith(f"SKY-LEAD-{year}-")
	assert int(second.rpartition("-")[2]) == int(first.rpartition("-")[2]) + 1


@pytest.mark.usefixtures("naming_rule")
def test_a_rule_of_the_administrator_comes_first():
	assert make_lead().name.startswith("DM-0")


@pytest.mark.parametrize(("autoname", "shape"), [("hash", 10), ("format:KH-{lead_name}", "KH-Trần Văn Đặt")])
def test_another_way_of_naming_is_the_framework_s(
	monkeypatch: pytest.MonkeyPatch, autoname: str, shape: object
):
	meta = frappe.get_meta("Sky Lead")
	monkeypatch.setattr(meta, "autoname", autoname)
	name = make_lead(lead_name="Trần Văn Đặt").name
	assert name == shape or len(name) == shape


def test_a_block_of_names_goes_on_where_single_ones_stopped():
	before = make_lead().name
	names = take_names(3)
	after = make_lead().name
	assert [int(name.rpartition("-")[2]) for name in (before, *names, after)] == list(
		range(int(before.rpartition("-")[2]), int(after.rpartition("-")[2]) + 1)
	)


def test_a_block_where_leads_are_named_in_another_way(monkeypatch: pytest.MonkeyPatch):
	monkeypatch.setattr(frappe.get_meta("Sky Lead"), "autoname", "hash")
	names = take_names(3)
	assert len(set(names)) == 3
	assert all(len(name) == 10 for name in names)

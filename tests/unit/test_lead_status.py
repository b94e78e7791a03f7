"""domain/lead_status.py and domain/approval.py: what holds whatever the workflow of the site looks like."""

from datetime import datetime

import pytest

from skycrm.domain import lead_status
from skycrm.domain.approval import (
	APPROVED,
	NOT_NEEDED,
	PENDING,
	REJECTED,
	Approval,
	line_discount,
	review,
)
from skycrm.domain.lead_status import CONVERSION_FIELDS, breaks_conversion, is_open, is_reopened, lacks_reason

CONVERTED = {
	"status": "Converted",
	"converted_on": datetime(2026, 11, 21, 10, 0, 0, 123456),
	"converted_by": "an@example.com",
	"customer": "Cửa hàng An",
	"contact": "An",
	"opportunity": "SKY-OPP-2026-00001",
}


def test_the_states_are_those_of_the_contract():
	assert lead_status.ALL == ("New", "Contacted", "Nurturing", "Qualified", "Converted", "Unqualified")
	assert [status for status in lead_status.ALL if is_open(status)] == list(lead_status.OPEN)
	assert is_open(None)


@pytest.mark.parametrize("status", ["New", "Contacted", "Nurturing", "Qualified", "Unqualified"])
def test_nobody_converts_by_writing_the_status(status):
	assert breaks_conversion({"status": status}, {"status": "Converted"}) == "status"
	assert breaks_conversion(None, {"status": "Converted"}) == "status"


@pytest.mark.parametrize("status", ["New", "Unqualified", "", None])
def test_nobody_takes_a_conversion_back_by_writing_the_status(status):
	assert breaks_conversion(CONVERTED, {**CONVERTED, "status": status}) == "status"


@pytest.mark.parametrize("field", CONVERSION_FIELDS)
def test_nobody_writes_the_fields_of_a_conversion(field):
	assert breaks_conversion({"status": "New"}, {"status": "New", field: "x"}) == field
	assert breaks_conversion(None, {"status": "New", field: "x"}) == field
	assert breaks_conversion(CONVERTED, {**CONVERTED, field: None}) == field
	assert breaks_conversion(CONVERTED, {**CONVERTED, field: "y"}) == field


@pytest.mark.parametrize(
	"sent", ["2026-11-21 10:00:00.123456", "2026-11-21 10:00:00", datetime(2026, 11, 21, 10, 0, 0)]
)
def test_a_converted_lead_sent_back_unchanged_is_no_change(sent):
	assert breaks_conversion(CONVERTED, {**CONVERTED, "converted_on": sent, "notes": "more"}) is None


def test_empty_is_empty_however_it_is_written():
	assert (
		breaks_conversion({"status": "New", "customer": None}, {"status": "Contacted", "customer": ""})
		is None
	)
	assert breaks_conversion(None, {"status": "New", "customer": " "}) is None


def test_a_lead_is_given_up_with_a_reason():
	assert lacks_reason({"status": "New"}, {"status": "Unqualified"})
	assert lacks_reason(None, {"status": "Unqualified", "unqualified_reason": "  "})
	assert not lacks_reason({"status": "New"}, {"status": "Unqualified", "unqualified_reason": "No budget"})
	assert not lacks_reason({"status": "New"}, {"status": "Contacted"})


def test_the_reason_cannot_be_taken_away_but_an_old_lead_without_one_can_be_edited():
	kept = {"status": "Unqualified", "unqualified_reason": "No budget"}
	assert lacks_reason(kept, {"status": "Unqualified", "unqualified_reason": ""})
	assert not lacks_reason({"status": "Unqualified"}, {"status": "Unqualified", "notes": "more"})


def test_reopening():
	assert is_reopened({"status": "Unqualified"}, {"status": "New"})
	assert not is_reopened({"status": "Unqualified"}, {"status": "Unqualified"})
	assert not is_reopened(None, {"status": "New"})


@pytest.mark.parametrize(
	("listed", "rate", "percentage", "expected"),
	[
		(100, 90, 10, 10),
		(100, 85, 0, 15),
		(100, 95, 20, 20),
		(100, 120, 0, 0),
		(0, 50, 12, 12),
		(0, 0, 0, 0),
		(100, 0, 0, 100),
	],
)
def test_the_discount_of_a_line_is_the_larger_of_what_it_says_and_what_its_rate_shows(
	listed, rate, percentage, expected
):
	assert line_discount(listed, rate, percentage) == pytest.approx(expected)


@pytest.mark.parametrize(
	("current", "discount", "expected"),
	[
		(Approval(NOT_NEEDED), 10, Approval(NOT_NEEDED)),
		(Approval(NOT_NEEDED), 10.0000003, Approval(NOT_NEEDED)),
		(Approval(NOT_NEEDED), 10.1, Approval(PENDING)),
		(Approval(""), 25, Approval(PENDING)),
		(Approval(PENDING), 25, Approval(PENDING)),
		(Approval(PENDING), 9, Approval(NOT_NEEDED)),
		(Approval(APPROVED, 25), 25, Approval(APPROVED, 25)),
		(Approval(APPROVED, 25), 15, Approval(APPROVED, 25)),
		(Approval(APPROVED, 25), 25.1, Approval(PENDING, 25)),
		(Approval(APPROVED, 25), 5, Approval(NOT_NEEDED)),
		(Approval(REJECTED), 25, Approval(REJECTED)),
		(Approval(REJECTED), 40, Approval(REJECTED)),
		(Approval(REJECTED), 5, Approval(NOT_NEEDED)),
	],
)
def test_what_the_system_does_with_an_approval(current, discount, expected):
	assert review(current, discount, threshold=10) == expected


def test_a_threshold_of_zero_asks_for_every_discount_and_of_a_hundred_for_none():
	assert review(Approval(NOT_NEEDED), 0, 0) == Approval(NOT_NEEDED)
	assert review(Approval(NOT_NEEDED), 0.5, 0) == Approval(PENDING)
	assert review(Approval(NOT_NEEDED), 100, 100) == Approval(NOT_NEEDED)

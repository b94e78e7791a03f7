"""How sure a match is and in which order matches are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skycrm.domain.duplicates import CONFIDENCE, NAMES, NAMES_ONLY_LIMIT, confidence_of, merge

FIELDS = st.sets(st.sampled_from(sorted(CONFIDENCE)))


def test_exact_keys_are_surer_than_names():
	for key in set(CONFIDENCE) - NAMES:
		assert confidence_of([key]) > confidence_of(NAMES)


@pytest.mark.parametrize(
	("fields", "confidence"),
	[
		((), 0),
		(("lead_name",), 50),
		(("email_id",), 95),
		(("tax_id",), 95),
		(("lead_name", "organization"), 72),
	],
)
def test_confidence(fields, confidence):
	assert confidence_of(fields) == confidence


@given(FIELDS, st.sampled_from(sorted(CONFIDENCE)))
def test_more_agreement_never_makes_less_sure(fields, further):
	assert 0 <= confidence_of(fields) <= confidence_of({*fields, further}) <= 99


@given(FIELDS)
def test_names_alone_are_never_certain(fields):
	if fields <= NAMES:
		assert confidence_of(fields) <= NAMES_ONLY_LIMIT


def test_merge_puts_hits_of_one_record_together_and_sorts():
	matches = merge(
		[
			("Sky Lead", "L-2", "lead_name"),
			("Sky Lead", "L-1", "mobile_no"),
			("Contact", "An", "mobile_no"),
			("Customer", "An Phát", "tax_id"),
			("Sky Lead", "L-1", "lead_name"),
			("Sky Lead", "L-1", "lead_name"),
		]
	)
	assert [(m.doctype, m.name) for m in matches] == [
		("Customer", "An Phát"),
		("Sky Lead", "L-1"),
		("Contact", "An"),
		("Sky Lead", "L-2"),
	]
	assert matches[1].matched_on == {"mobile_no", "lead_name"}


def test_equal_confidence_prefers_the_customer():
	hits = [(doctype, "X", "email_id") for doctype in ("Sky Lead", "Contact", "Customer", "Other")]
	assert [m.doctype for m in merge(hits)] == ["Customer", "Contact", "Sky Lead", "Other"]


@given(
	st.lists(
		st.tuples(
			st.sampled_from(["Customer", "Sky Lead"]),
			st.text(max_size=3),
			st.sampled_from(sorted(CONFIDENCE)),
		)
	)
)
def test_the_order_of_hits_does_not_matter(hits):
	assert merge(hits) == merge(list(reversed(hits)))

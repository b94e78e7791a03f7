"""Settings: every threshold has its range, and a wrong one says what would be right."""

import pytest
from factories import make_user

import frappe


def settings():
	return frappe.get_doc("Sky CRM Settings")


def test_a_fresh_site_has_the_defaults_of_the_contract():
	doc = settings()
	assert doc.discount_approval_threshold == 10
	assert doc.default_phone_region == "VN"
	assert doc.family_name_first == 1
	assert doc.duplicate_policy == "Warn"
	assert (doc.campaign_batch_size, doc.campaign_batch_interval_minutes) == (50, 5)
	assert (doc.bounce_warn_percent, doc.bounce_stop_percent) == (2, 5)
	assert doc.quotation_validity_days == 30
	assert doc.sandbox_mode == 0


@pytest.mark.parametrize(
	"field, value, said",
	[
		("discount_approval_threshold", 101, "between 0 and 100"),
		("discount_approval_threshold", -1, "between 0 and 100"),
		("campaign_batch_size", 0, "between 1 and 100"),
		("campaign_batch_size", 101, "between 1 and 100"),
		("campaign_batch_interval_minutes", 4, "between 5 and 1440"),
		("quotation_validity_days", 5000, "between 0 and 3650"),
		("default_next_contact_days", 400, "between 0 and 365"),
		("bounce_stop_percent", 100.5, "between 0 and 100"),
	],
)
def test_values_out_of_range(field, value, said):
	doc = settings()
	doc.set(field, value)
	with pytest.raises(frappe.ValidationError, match=said) as caught:
		doc.save()
	assert doc.meta.get_label(field) in str(caught.value)


def test_the_warning_comes_before_the_stop():
	doc = settings()
	doc.bounce_warn_percent, doc.bounce_stop_percent = 6, 5
	with pytest.raises(frappe.ValidationError, match="too late"):
		doc.save()


@pytest.mark.parametrize("typed, kept", [("vn", "VN"), (" us ", "US"), ("", "VN")])
def test_the_phone_region_is_two_capitals(typed, kept):
	doc = settings()
	doc.default_phone_region = typed
	doc.save()
	assert doc.default_phone_region == kept


@pytest.mark.parametrize("typed", ["XX", "V", "84"])
def test_a_phone_region_that_does_not_exist(typed):
	doc = settings()
	doc.default_phone_region = typed
	with pytest.raises(frappe.ValidationError, match="not a country code"):
		doc.save()


def test_default_access_is_said_once_per_document_type():
	doc = settings()
	doc.access_defaults = []
	for _ in range(2):
		doc.append("access_defaults", {"document_type": "Sky Lead", "access": "Private"})
	with pytest.raises(frappe.ValidationError, match="more than once"):
		doc.save()


@pytest.mark.parametrize("doctype", ["Customer", "Sky Lead Item", "Sky CRM Settings"])
def test_default_access_is_for_records_of_this_app(doctype):
	doc = settings()
	doc.access_defaults = []
	doc.append("access_defaults", {"document_type": doctype, "access": "Team"})
	with pytest.raises(frappe.ValidationError, match="follows roles alone"):
		doc.save()


def test_sellers_do_not_change_settings(as_user):
	seller = make_user("settings.seller@example.com", "Sky Sales User", "Sky Sales Manager")
	admin = make_user("settings.admin@example.com", "Sky CRM Admin")
	with as_user(seller), pytest.raises(frappe.PermissionError):
		settings().save()
	with as_user(admin):
		settings().save()


def stage(**values):
	doc = frappe.new_doc("Sky Sales Stage")
	doc.update({"stage_name": frappe.generate_hash(length=8), "type": "Open", "sequence": 35, **values})
	return doc.insert()


def test_a_closed_stage_is_certain():
	assert (
		stage(type="Won", probability=40).probability,
		stage(type="Lost", probability=40).probability,
	) == (100, 0)
	assert stage(type="Won", forecast_category="Pipeline").forecast_category == "Closed"


@pytest.mark.parametrize("probability", [-1, 101])
def test_a_probability_is_a_percentage(probability):
	with pytest.raises(frappe.ValidationError, match="between 0 and 100"):
		stage(probability=probability)


def test_there_is_one_proposal_stage():
	new = stage(is_proposal_stage=1)
	marked = frappe.get_all("Sky Sales Stage", filters={"is_proposal_stage": 1}, pluck="name")
	assert marked == [new.name]


def test_the_last_stage_of_a_type_stays():
	with pytest.raises(frappe.ValidationError, match="last one of type"):
		frappe.delete_doc("Sky Sales Stage", "Won")

"""The names that other programs rely on: DocTypes, their fields and choices. Add freely, change only with a patch."""

import json
from pathlib import Path

import pytest

DOCTYPES = Path(__file__).resolve().parents[2] / "apps" / "skycrm" / "skycrm" / "skycrm" / "doctype"

FIELDS = {
	"Sky Lead": """first_name last_name lead_name salutation gender birth_date organization job_title tax_id industry
		territory email_id mobile_no phone zalo_id address_line1 city state country source campaign lead_owner team status
		unqualified_reason score rating items next_contact_on email_consent sms_consent call_consent customer contact
		opportunity converted_on converted_by email_key phone_key tax_key name_key""",
	"Sky Lead Item": "item_code qty note",
	"Sky Opportunity": """title customer contact_person lead opportunity_owner team company stage status probability
		expected_closing currency conversion_rate selling_price_list items amount base_amount weighted_amount source campaign
		competitors lost_reason lost_note next_step next_contact_on approval_status won_on lost_on""",
	"Sky Opportunity Item": "item_code item_name qty uom price_list_rate discount_percentage rate amount",
	"Sky Sales Stage": "stage_name probability type sequence forecast_category",
	"Sky Price List": """price_list_name purpose currency selling buying base_price_list adjustment_type adjustment_value
		rounding valid_from valid_upto priority status applies_to items price_list""",
	"Sky Price List Party": "party_type party",
	"Sky Price List Item": "item_code uom min_qty rate discount_percentage",
	"Sky Campaign": """campaign_name objective channel kind start_on end_on budget actual_cost expected_leads expected_revenue
		segment email_template subject content sender batch_size batch_interval_minutes send_windows bounce_stop_percent status
		pause_reason total_recipients sent delivered opened clicked bounced failed unsubscribed leads_created customers_won
		revenue""",
	"Sky Campaign Send Window": "weekday from_time to_time",
	"Sky Campaign Recipient": "campaign address recipient_type recipient status sent_on opened_on clicked_on error",
	"Sky Suppression": "channel address reason campaign",
	"Sky Issue": """subject description customer contact lead raised_by channel issue_type priority status assigned_team
		service_level_agreement response_by sla_resolution_by agreement_status first_responded_on resolution item_code serial_no
		reference_doctype reference_name rating rating_comment""",
	"Sky Team": "team_name parent_sky_team manager members",
	"Sky Team Member": "user role_in_team",
	"Sky Sharing Rule": "document_type access enabled",
}
CHOICES = {
	("Sky Lead", "status"): "New Contacted Nurturing Qualified Converted Unqualified",
	("Sky Lead", "rating"): "Hot Warm Cold",
	("Sky Lead", "email_consent"): "Unknown Granted Refused",
	("Sky Opportunity", "status"): "Open Won Lost",
	("Sky Opportunity", "approval_status"): "Not_Needed Pending Approved Rejected",
	("Sky Sales Stage", "type"): "Open Won Lost",
	("Sky Sales Stage", "forecast_category"): "Pipeline Best_Case Commit Closed Omitted",
	(
		"Sky Price List",
		"adjustment_type",
	): "None Discount_Percentage Surcharge_Percentage Discount_Amount Surcharge_Amount",
	("Sky Price List", "status"): "Draft Pending_Approval Active Retired",
	("Sky Campaign", "channel"): "Email SMS Zalo Call Event Direct_Mail Ads",
	("Sky Campaign", "kind"): "Promotion Newsletter Greeting Survey",
	("Sky Campaign", "status"): "Draft Pending_Approval Approved Running Paused Completed Cancelled",
	("Sky Campaign Recipient", "status"): "Queued Sending Sent Bounced Failed Suppressed In_Doubt",
	("Sky Suppression", "reason"): "Unsubscribed Hard_Bounce Complaint Manual",
	("Sky Issue", "channel"): "Email Portal Phone Zalo Chat Desk",
	("Sky Issue", "status"): "Open Replied On_Hold Resolved Closed",
}
NAMES = {
	"Sky Lead": "SKY-LEAD-.YYYY.-.#####",
	"Sky Opportunity": "SKY-OPP-.YYYY.-.#####",
	"Sky Campaign": "SKY-CAMP-.YYYY.-.####",
	"Sky Issue": "SKY-ISS-.YYYY.-.#####",
}


def doctype(name: str) -> dict:
	folder = name.lower().replace(" ", "_")
	return json.loads((DOCTYPES / folder / f"{folder}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_doctype_has_the_fields_that_others_rely_on(name):
	present = {field["fieldname"] for field in doctype(name)["fields"]}
	assert set(FIELDS[name].split()) - present == set()


@pytest.mark.parametrize(("name", "fieldname"), sorted(CHOICES))
def test_select_offers_exactly_these_choices(name, fieldname):
	options = next(field["options"] for field in doctype(name)["fields"] if field["fieldname"] == fieldname)
	expected = [choice.replace("_", " ") for choice in CHOICES[name, fieldname].split()]
	assert [option for option in options.split("\n") if option] == expected


@pytest.mark.parametrize("name", sorted(NAMES))
def test_series_of_names(name):
	definition = doctype(name)
	series = [
		field.get("options", "") for field in definition["fields"] if field["fieldname"] == "naming_series"
	]
	assert NAMES[name] in [definition.get("autoname"), *"\n".join(series).split("\n")]


def test_the_two_doctypes_without_rows_of_their_own_exist():
	for name in ("Sky Segment", "Sky CRM Settings"):
		assert doctype(name)["name"] == name

"""The scoring rules that a site starts with: what tells a buyer from a passer-by when selling to firms in Vietnam.

Each is brought once and belongs to the admin from then on: changed, it stays changed; deleted, it stays away.
"""

from typing import Any

import frappe

from skycrm.domain import scoring
from skycrm.setup import shipped
from skycrm.setup.later import later as _

RULE = "Sky Scoring Rule"
# How good a source is before the firm has figures of its own; fill in from the win rate later.
SOURCE_POINTS = {
	"Referral": 15,
	"Existing Customer": 15,
	"Partner": 12,
	"Walk In": 10,
	"Phone Call": 10,
	"Trade Fair": 8,
	"Website": 8,
	"Zalo": 6,
	"Google Ads": 6,
	"Email": 5,
	"Campaign": 5,
	"Facebook": 4,
	"Cold Call": 1,
	"Import": 0,
}
COMPLETE_FIELDS = (
	"lead_name",
	"organization",
	"job_title",
	"email_id",
	"mobile_no",
	"industry",
	"state",
	"address_line1",
)
DECISION_MAKERS = (
	"giám đốc, tổng giám đốc, chủ, chủ tịch, trưởng phòng, phó giám đốc, kế toán trưởng, mua hàng, thu mua, "
	"director, CEO, owner, manager, head, purchasing, procurement"
)


def insert() -> None:
	"""Bring the rules that were never brought; safe to run again. The rule of sources waits until there are sources."""
	existing = set(frappe.get_all("Sky Lead Source", pluck="name"))
	for sequence, (key, values) in enumerate(rules().items(), start=1):
		if values["kind"] == scoring.SOURCE:
			values["sources"] = [row for row in values["sources"] if row["source"] in existing]
			if not values["sources"]:
				continue
		shipped.ship_once(RULE, {"enabled": 1, "sequence": sequence * 10, **values}, key=key)


def rules() -> dict[str, dict[str, Any]]:
	"""Key → fields of the rule."""
	return {
		"phone": _field(
			_("Phone number that works"),
			10,
			scoring.VALID_PHONE,
			sentence=_("The phone number is valid: somebody can be called."),
		),
		"company_email": _field(
			_("Email of a firm's domain"),
			10,
			scoring.COMPANY_EMAIL,
			sentence=_("The email address belongs to a firm's own domain, not to free mail."),
		),
		"tax_code": _field(
			_("Tax code known"),
			10,
			scoring.VALID_TAX_CODE,
			sentence=_("The tax code is known: a registered firm asks."),
		),
		"items": _field(
			_("Products named"),
			15,
			scoring.ITEM_COUNT,
			scoring.AT_LEAST,
			"1",
			_("The lead asks about {value} product(s) by name."),
		),
		"decision_maker": _field(
			_("Decides or buys"),
			10,
			"job_title",
			scoring.CONTAINS,
			DECISION_MAKERS,
			_("The job title is {value}: this person decides or buys."),
		),
		"source": {
			"title": _("Source of the lead"),
			"kind": scoring.SOURCE,
			"sources": [{"source": source, "points": points} for source, points in SOURCE_POINTS.items()],
			"other_points": 4,
			"sentence": _("The lead came by {source}."),
		},
		"complete": {
			"title": _("Details filled in"),
			"kind": scoring.COMPLETENESS,
			"points": 10,
			"complete_fields": [{"lead_field": field} for field in COMPLETE_FIELDS],
			"sentence": _("{filled} of {total} details are filled in."),
		},
		"replied": _activity(
			_("Wrote to us"),
			8,
			16,
			"Message Received",
			7,
			_("The lead wrote {count} time(s) in the last {days} days."),
		),
		"came_back": _activity(
			_("Came back"),
			5,
			15,
			"Came Back",
			30,
			_("The lead came back {count} time(s) in the last {days} days."),
		),
		"met": _activity(
			_("Met"),
			10,
			10,
			"Meeting",
			30,
			_("There was a meeting in the last {days} days, the latest on {date}."),
		),
		"called": _activity(
			_("Talked on the phone"), 3, 9, "Call", 30, _("{count} call(s) in the last {days} days.")
		),
		"recent": {
			"title": _("Recently heard from"),
			"kind": scoring.RECENCY,
			"points": 10,
			"half_life_days": 14,
			"sentence": _("Last sign of life on {date}; the points are half as many every {days} days."),
		},
		"silent": {
			"title": _("No contact for a month"),
			"kind": scoring.SILENCE,
			"points": -15,
			"activity": "Any Contact",
			"days": 30,
			"sentence": _("No contact since {date}, for more than {days} days."),
		},
		"refused": _field(
			_("Does not want calls"),
			-10,
			"call_consent",
			scoring.EQUALS,
			"Refused",
			_("The lead does not want to be called."),
		),
	}


def _field(
	title: str, points: int, field: str, operator: str = scoring.IS_SET, value: str = "", sentence: str = ""
) -> dict[str, Any]:
	return {
		"title": title,
		"kind": scoring.FIELD,
		"points": points,
		"lead_field": field,
		"operator": operator,
		"match_value": value,
		"sentence": sentence,
	}


def _activity(
	title: str, points: int, max_points: int, activity: str, days: int, sentence: str
) -> dict[str, Any]:
	return {
		"title": title,
		"kind": scoring.ACTIVITY,
		"points": points,
		"max_points": max_points,
		"activity": activity,
		"days": days,
		"sentence": sentence,
	}

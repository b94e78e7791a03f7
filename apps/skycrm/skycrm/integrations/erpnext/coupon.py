"""ERPNext's coupons, read only: what one says today."""

from dataclasses import dataclass
from datetime import date

import frappe
from frappe.utils import cint, getdate, nowdate

COUPON = "Coupon Code"
PROMOTIONAL = "Promotional"


@dataclass(frozen=True)
class Coupon:
	"""A coupon.

	Attributes:
		name: the record.
		code: what the customer tells.
		kind: Promotional (many people, one code) or Gift Card (one customer).
		valid: may be used today.
		valid_upto: last day, None without an end.
	"""

	name: str
	code: str
	kind: str
	valid: bool
	valid_upto: date | None


def read_coupon(name: str | None) -> Coupon | None:
	"""The coupon of this name, None when there is none. One query, and one for its pricing rule."""
	if not name:
		return None
	row = frappe.db.get_value(
		COUPON,
		name,
		["coupon_code", "coupon_type", "valid_from", "valid_upto", "maximum_use", "used", "pricing_rule"],
		as_dict=True,
	)
	if not row:
		return None
	today = getdate(nowdate())
	valid = (
		(not row.valid_from or getdate(row.valid_from) <= today)
		and (not row.valid_upto or today <= getdate(row.valid_upto))
		and (not cint(row.maximum_use) or cint(row.used) < cint(row.maximum_use))
		and not frappe.db.get_value("Pricing Rule", row.pricing_rule, "disable")
	)
	return Coupon(
		name=name,
		code=row.coupon_code or "",
		kind=row.coupon_type or "",
		valid=bool(valid and row.coupon_code),
		valid_upto=getdate(row.valid_upto) if row.valid_upto else None,
	)

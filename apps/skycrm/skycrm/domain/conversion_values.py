"""What a lead writes into the customer, contact, address and opportunity that it becomes. Plain values in and out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from skycrm.domain.person_name import PersonName, split_full_name
from skycrm.domain.text import name_key

COMPANY = "Company"
INDIVIDUAL = "Individual"

# Fields that a known record takes over from the lead when it has nothing there; what it has is never overwritten.
CUSTOMER_FILLS = ("tax_id", "industry", "website")


@dataclass(frozen=True)
class Defaults:
	"""What the site fills in where the lead is silent."""

	customer_group: str | None = None
	territory: str | None = None
	country: str | None = None
	family_name_first: bool = True


def text_of(values: Mapping[str, Any], fieldname: str) -> str:
	"""A value as text without spaces around it; "" for none."""
	return str(values.get(fieldname) or "").strip()


def customer_values(lead: Mapping[str, Any], defaults: Defaults) -> dict[str, Any]:
	"""Fields of a new Customer: the organisation, or the person when there is none."""
	organization = text_of(lead, "organization")
	values = {
		"customer_name": organization or text_of(lead, "lead_name"),
		"customer_type": COMPANY if organization else INDIVIDUAL,
		"tax_id": text_of(lead, "tax_id"),
		"customer_group": defaults.customer_group,
		"territory": text_of(lead, "territory") or defaults.territory,
		"industry": text_of(lead, "industry"),
		"website": text_of(lead, "website"),
		"language": text_of(lead, "language"),
		"image": text_of(lead, "image") if organization else "",
	}
	if not organization:
		values |= {"salutation": text_of(lead, "salutation"), "gender": text_of(lead, "gender")}
	return _given(values)


def customer_fills(lead: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
	"""What a known Customer takes over from the lead: only where it has nothing itself."""
	return {
		fieldname: text_of(lead, fieldname)
		for fieldname in CUSTOMER_FILLS
		if text_of(lead, fieldname) and not text_of(known, fieldname)
	}


def contact_values(lead: Mapping[str, Any], defaults: Defaults, primary: bool = True) -> dict[str, Any]:
	"""Fields of a new Contact, with its tables `email_ids` and `phone_nos`.

	Args:
		lead: field values.
		defaults: of the site.
		primary: False beside a known customer, which keeps the primary contact that it has.
	"""
	person = text_of(lead, "lead_name")
	name = _person_name(lead, defaults.family_name_first) if person else PersonName("", "", "")
	values = {
		# A lead without a person still leaves a way to reach the firm: the contact then bears the firm's name.
		"first_name": name.given,
		"middle_name": name.middle,
		"last_name": name.family,
		"company_name": text_of(lead, "organization"),
		"salutation": text_of(lead, "salutation"),
		"gender": text_of(lead, "gender"),
		"designation": text_of(lead, "job_title"),
		"image": text_of(lead, "image") if person and not text_of(lead, "organization") else "",
		"is_primary_contact": int(primary),
		"sky_family_name_first": int(_written_family_first(person, name, defaults.family_name_first)),
	}
	return _given(values) | contact_channels(lead)


def _person_name(lead: Mapping[str, Any], family_first: bool) -> PersonName:
	"""The parts that the lead keeps, or those of its full name when it keeps none."""
	given = text_of(lead, "first_name")
	if given:
		return PersonName(text_of(lead, "last_name"), text_of(lead, "middle_name"), given)
	name = split_full_name(text_of(lead, "lead_name"), family_first)
	return name if name.given else replace(name, given=text_of(lead, "lead_name"), family="", middle="")


def _written_family_first(written: str, name: PersonName, default: bool) -> bool:
	"""In which order this person's name was typed: a site in Vietnam has its John Smiths as well."""
	if name_key(written) == name_key(f"{name.family} {name.middle} {name.given}"):
		return True
	return default and name_key(written) != name_key(f"{name.given} {name.middle} {name.family}")


def contact_channels(lead: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
	"""Rows `email_ids` and `phone_nos` of a Contact: the mobile is the primary mobile, the phone the primary phone."""
	email, mobile, phone = (text_of(lead, fieldname) for fieldname in ("email_id", "mobile_no", "phone"))
	phones = []
	if mobile:
		phones.append({"phone": mobile, "is_primary_mobile_no": 1, "is_primary_phone": int(phone == mobile)})
	if phone and phone != mobile:
		phones.append({"phone": phone, "is_primary_phone": 1, "is_primary_mobile_no": 0})
	return {"email_ids": [{"email_id": email, "is_primary": 1}] if email else [], "phone_nos": phones}


def contact_name(lead: Mapping[str, Any]) -> str:
	"""What the contact is called: the name as typed, in its own order."""
	return text_of(lead, "lead_name") or text_of(lead, "organization")


def address_values(lead: Mapping[str, Any], defaults: Defaults, primary: bool = True) -> dict[str, Any]:
	"""Fields of a new Address, empty when the lead names no place.

	ERPNext asks for a line, a city and a country; the nearest larger place stands in for one that is missing.

	Args:
		lead: field values.
		defaults: of the site.
		primary: False beside a known customer: the framework would take the mark off the address that has it.
	"""
	line, city, state = (text_of(lead, fieldname) for fieldname in ("address_line1", "city", "state"))
	if not line and not city:
		return {}
	country = text_of(lead, "country") or defaults.country or ""
	return _given(
		{
			# The record is named by it, with the type and perhaps a number behind it.
			"address_title": (text_of(lead, "organization") or text_of(lead, "lead_name"))[:120],
			"address_type": "Billing",
			"address_line1": line or city,
			"city": city or state or country,
			"state": state,
			"country": country,
			"email_id": text_of(lead, "email_id"),
			"phone": text_of(lead, "mobile_no") or text_of(lead, "phone"),
			"is_primary_address": int(primary),
			"is_shipping_address": int(primary),
		}
	)


def opportunity_values(lead: Mapping[str, Any], prices: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
	"""Fields of a new Sky Opportunity with its `items`; customer and contact are put in by the caller.

	Args:
		lead: field values, with `items`.
		prices: per item `price_list_rate` and `uom`, as far as known.
	"""
	return _given(
		{
			"title": text_of(lead, "organization") or text_of(lead, "lead_name"),
			"lead": lead.get("name"),
			"opportunity_owner": text_of(lead, "lead_owner"),
			"team": text_of(lead, "team"),
			"source": text_of(lead, "source"),
			"campaign": text_of(lead, "campaign"),
			"next_contact_on": lead.get("next_contact_on"),
			"notes": lead.get("notes"),
		}
	) | {
		"items": [
			_item(row, prices.get(row.get("item_code"), {}))
			for row in lead.get("items") or []
			if row.get("item_code")
		]
	}


def _item(row: Mapping[str, Any], price: Mapping[str, Any]) -> dict[str, Any]:
	values = {
		"item_code": row.get("item_code"),
		"item_name": row.get("item_name"),
		"qty": float(row.get("qty") or 1),
		"uom": price.get("uom"),
		# Without a price nothing is said about it: the opportunity looks for one itself and settles on zero.
		"price_list_rate": price.get("price_list_rate"),
	}
	return _given(values)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
	return {key: value for key, value in values.items() if value not in (None, "")}

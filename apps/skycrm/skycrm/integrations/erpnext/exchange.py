"""Exchange rates as ERPNext keeps them."""

from datetime import date

from frappe.utils import flt, nowdate

from erpnext.setup.utils import get_exchange_rate


def exchange_rate(from_currency: str, to_currency: str, on: date | str | None = None) -> float:
	"""Units of `to_currency` for one of `from_currency`, for selling; 0.0 when ERPNext knows none.

	Args:
		from_currency, to_currency: names of Currency.
		on: the day, today when left out.
	"""
	return flt(get_exchange_rate(from_currency, to_currency, on or nowdate(), args="for_selling"))

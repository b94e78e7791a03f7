"""Complete ERPNext's setup wizard on a site: a Vietnamese company, ready to sell.

Runs with the bench's Python in the sites folder: setup_site.py <site>

Masters (groups, territories, price lists) are made in English, the names every tool and document of ERPNext
uses; the desk's language is a setting of the site and its users.
"""

import sys

import frappe

COMPANY = "Công ty TNHH Thương mại Sao Việt"
ABBR = "SV"


def main(site: str) -> None:
	"""Set the site up; does nothing when a company is there."""
	frappe.init(site=site)
	frappe.connect()
	try:
		frappe.set_user("Administrator")
		if not frappe.db.exists("Company", COMPANY):
			run_wizard()
		finish()
		frappe.db.commit()  # a script has no request that commits for it
		frappe.clear_cache()
	finally:
		frappe.destroy()


def run_wizard() -> None:
	"""Run the stages the wizard's last button runs."""
	from frappe.desk.page.setup_wizard.setup_wizard import get_setup_stages, process_setup_stages

	year = frappe.utils.getdate().year
	arguments = frappe._dict(
		language="English",
		lang="en",
		country="Vietnam",
		timezone="Asia/Ho_Chi_Minh",
		currency="VND",
		company_name=COMPANY,
		company_abbr=ABBR,
		company_tagline="",
		chart_of_accounts="Standard",
		fy_start_date=f"{year}-01-01",
		fy_end_date=f"{year}-12-31",
		bank_account="Vietcombank",
		setup_demo=0,
		enable_telemetry=0,
	)
	process_setup_stages(get_setup_stages(arguments), arguments)


def finish() -> None:
	"""Set what the wizard leaves open."""
	settings = frappe.get_single("System Settings")
	settings.update(
		{
			"language": "en",
			"country": "Vietnam",
			"time_zone": "Asia/Ho_Chi_Minh",
			"currency": "VND",
			# Dong has no cents, dollars have: each currency is written its own way
			"use_number_format_from_currency": 1,
			"date_format": "dd-mm-yyyy",
			"time_format": "HH:mm:ss",
			"first_day_of_the_week": "Monday",
			"setup_complete": 1,
			"enable_onboarding": 1,
			"enable_telemetry": 0,
			"allow_guests_to_upload_files": 0,
			"disable_system_update_notification": 1,
		}
	)
	settings.flags.ignore_mandatory = True
	settings.save()
	frappe.db.set_value("Currency", "VND", {"symbol": "₫", "symbol_on_right": 1})
	for app in ("frappe", "erpnext"):
		frappe.db.set_value("Installed Application", {"app_name": app}, "is_setup_complete", 1)
	for year in (-1, 0, 1):
		ensure_fiscal_year(frappe.utils.getdate().year + year)
	frappe.db.set_default("desktop:home_page", "workspace")


def ensure_fiscal_year(year: int) -> None:
	"""Make the calendar year a fiscal year: documents of last year and of next January are normal."""
	if frappe.db.exists("Fiscal Year", {"year_start_date": f"{year}-01-01"}):
		return
	frappe.get_doc(
		{
			"doctype": "Fiscal Year",
			"year": str(year),
			"year_start_date": f"{year}-01-01",
			"year_end_date": f"{year}-12-31",
		}
	).insert()


if __name__ == "__main__":
	main(sys.argv[1])

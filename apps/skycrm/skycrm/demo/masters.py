"""Master data of the demo firm: people, teams, products, prices, stock. Each step makes only what is missing.

Rights are left aside here: an administrator loads the demo at the console, before anybody else has any on the site.
"""

from datetime import date

import frappe
from frappe.translate import clear_cache as clear_translations
from frappe.utils import add_days

from skycrm.demo import catalogue as c
from skycrm.demo.people import PASSWORD, PEOPLE, ROOT_TEAM, TEAMS
from skycrm.domain.jobs import JOBS


def make(today: date, tell) -> None:
	"""Everything that leads and sales lean on."""
	steps = (
		make_users,
		make_teams,
		make_groups,
		make_items,
		lambda: make_stock(today),
		lambda: make_years(today),
	)
	for number, step in enumerate(steps, start=1):
		step()
		tell(number, len(steps), "masters")


def speak_vietnamese() -> None:
	"""The firm works in Vietnamese: so does its site, down to the saved filters beside the lists."""
	settings = frappe.get_single("System Settings")
	settings.update({"language": "vi", "use_number_format_from_currency": 1})
	settings.flags.ignore_mandatory = True
	settings.save(ignore_permissions=True)
	frappe.db.set_value("Currency", "VND", {"symbol": "₫", "symbol_on_right": 1})
	clear_translations()  # what was read while the app was being installed lacks the app's own
	for row in frappe.get_all(
		"List Filter",
		filters={"reference_doctype": ("in", ("Sky Lead", "Sky Opportunity")), "for_user": ("is", "not set")},
		fields=["name", "filter_name"],
	):
		frappe.db.set_value("List Filter", row.name, "filter_name", frappe._(row.filter_name, lang="vi"))


def company() -> str:
	return (
		frappe.defaults.get_global_default("company") or frappe.get_all("Company", limit=1, pluck="name")[0]
	)


def insert(doctype: str, name: str | None = None, **values):
	"""A new record, or the one that is there already under that name."""
	if name and frappe.db.exists(doctype, name):
		return frappe.get_doc(doctype, name)
	return frappe.get_doc({"doctype": doctype, **values}).insert(ignore_permissions=True)


def make_users() -> None:
	for person in PEOPLE:
		family, *middle, given = person.full_name.split()
		insert(
			"User",
			person.email,
			email=person.email,
			first_name=" ".join([family, *middle]),
			last_name=given,
			language="vi",
			time_zone="Asia/Ho_Chi_Minh",
			send_welcome_email=0,
			new_password=PASSWORD,
			roles=[{"role": role} for role in person.roles if frappe.db.exists("Role", role)],
			module_profile=person.job,
			default_workspace=JOBS[person.job].home if person.job else None,
		)


def make_teams() -> None:
	managers = {person.manages: person.email for person in PEOPLE if person.manages}
	insert("Sky Team", ROOT_TEAM, team_name=ROOT_TEAM, is_group=1, manager=managers.get(ROOT_TEAM))
	for team in TEAMS:
		insert(
			"Sky Team",
			team,
			team_name=team,
			parent_sky_team=ROOT_TEAM,
			manager=managers.get(team),
			members=[{"user": person.email} for person in PEOPLE if person.team == team],
		)


def make_groups() -> None:
	def root(doctype: str) -> str:
		parent = f"parent_{frappe.scrub(doctype)}"
		return frappe.get_all(
			doctype, filters={parent: ("in", ("", None)), "is_group": 1}, limit=1, pluck="name"
		)[0]

	for group in c.CUSTOMER_GROUPS:
		insert(
			"Customer Group",
			group,
			customer_group_name=group,
			parent_customer_group=root("Customer Group"),
		)
	for territory in c.TERRITORIES:
		insert("Territory", territory, territory_name=territory, parent_territory=root("Territory"))
	for group in dict.fromkeys(product.group for product in c.PRODUCTS):
		insert("Item Group", group, item_group_name=group, parent_item_group=root("Item Group"))
	for uom in dict.fromkeys(product.uom for product in c.PRODUCTS):
		insert("UOM", uom, uom_name=uom, must_be_whole_number=1)
	selling = frappe.get_single("Selling Settings")
	selling.update({"customer_group": c.CUSTOMER_GROUPS[0], "territory": c.TERRITORIES[0]})
	selling.save(ignore_permissions=True)


def make_items() -> None:
	price_list = frappe.db.get_single_value("Selling Settings", "selling_price_list")
	for product in c.PRODUCTS:
		insert(
			"Item",
			product.code,
			item_code=product.code,
			item_name=product.name,
			description=product.name,
			item_group=product.group,
			stock_uom=product.uom,
			is_stock_item=1,
			item_defaults=[{"company": company(), "default_warehouse": warehouse()}],
		)
		if not frappe.db.exists("Item Price", {"item_code": product.code, "price_list": price_list}):
			insert("Item Price", item_code=product.code, price_list=price_list, price_list_rate=product.price)


def warehouse() -> str:
	"""The company's first warehouse that takes stock and is not a way station."""
	return frappe.get_all(
		"Warehouse",
		filters={"company": company(), "is_group": 0, "warehouse_type": ("is", "not set")},
		order_by="creation",
		limit=1,
		pluck="name",
	)[0]


def make_stock(today: date) -> None:
	if frappe.db.exists("Stock Entry Detail", {"item_code": c.PRODUCTS[0].code, "docstatus": 1}):
		return
	start = add_days(today, -364)
	make_year(start.year)
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Receipt",
			"company": company(),
			"set_posting_time": 1,
			"posting_date": start,
			"posting_time": "08:00:00",
			"items": [
				{
					"item_code": product.code,
					"qty": product.stock,
					"t_warehouse": warehouse(),
					"basic_rate": product.cost,
				}
				for product in c.PRODUCTS
			],
		}
	).insert(ignore_permissions=True)
	entry.submit()


def make_years(today: date) -> None:
	for year in (add_days(today, -366).year, today.year):
		make_year(year)


def make_year(year: int) -> None:
	"""The calendar year as fiscal year, unless the site has one for it."""
	day = f"{year}-06-30"
	if not frappe.db.exists("Fiscal Year", {"year_start_date": ("<=", day), "year_end_date": (">=", day)}):
		insert("Fiscal Year", year=str(year), year_start_date=f"{year}-01-01", year_end_date=f"{year}-12-31")

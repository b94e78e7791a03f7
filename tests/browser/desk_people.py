"""Who uses the desk in these tests, and the records they all work with."""

from __future__ import annotations

from dataclasses import dataclass

from served_site import ServedSite

PASSWORD = "Trinh-Duyet-2026"
TEAM = "Nhóm trình duyệt"
ITEMS = {"BROWSER-SERVICE": 450_000, "BROWSER-GOODS": 1_250_000}


@dataclass(frozen=True)
class Person:
	"""A user with one of the role profiles that the app brings."""

	email: str
	full_name: str
	profile: str


PEOPLE = {
	"seller": Person("seller@browser.example", "Lê Thị Bán", "Sky Sales"),
	"manager": Person("manager@browser.example", "Trần Văn Quản", "Sky Sales Management"),
	"campaigner": Person("campaigner@browser.example", "Ngô Thị Chiến", "Sky Marketing"),
	"marketer": Person("marketer@browser.example", "Vũ Thị Quảng", "Sky Marketing Management"),
	"agent": Person("agent@browser.example", "Đặng Văn Trợ", "Sky Support"),
	"support_lead": Person("support-lead@browser.example", "Mai Văn Trưởng", "Sky Support Management"),
	"admin": Person("admin@browser.example", "Phạm Thị Trị", "Sky CRM Administration"),
}


def make_people(site: ServedSite) -> None:
	"""Make the users with their roles and language, and the team they are in."""
	for person in PEOPLE.values():
		*first, last = person.full_name.split()
		values = {
			"first_name": " ".join(first),
			"last_name": last,
			"role_profile_name": person.profile,
			"language": "vi",
			"time_zone": "Asia/Ho_Chi_Minh",
			"send_welcome_email": 0,
			"new_password": PASSWORD,
		}
		if site.find("User", {"name": person.email}):
			# From an older app: the desk of the job comes when the job is given.
			if not site.get_doc("User", person.email).get("module_profile"):
				site.update("User", person.email, role_profile_name="")
			site.update("User", person.email, **values)
		else:
			site.insert("User", email=person.email, **values)
	if not site.find("Sky Team", {"name": TEAM}):
		site.insert(
			"Sky Team",
			team_name=TEAM,
			parent_sky_team="All Teams" if site.find("Sky Team", {"name": "All Teams"}) else None,
			manager=PEOPLE["manager"].email,
			members=[{"user": PEOPLE["seller"].email, "role_in_team": "Member"}],
		)


def make_items(site: ServedSite) -> None:
	"""Make the two things that are sold, with prices: a service, and goods that are kept in stock."""
	group = site.find("Item Group", {"is_group": 0})[0]["name"]
	for code, price in ITEMS.items():
		site.ensure(
			"Item",
			{"item_code": code},
			item_name=code.replace("-", " ").title(),
			item_group=group,
			stock_uom="Nos",
			is_stock_item=int(code == "BROWSER-GOODS"),
		)
		site.ensure(
			"Item Price", {"item_code": code, "price_list": "Standard Selling"}, price_list_rate=price
		)
	make_stock(site, "BROWSER-GOODS", 40)


def make_stock(site: ServedSite, item_code: str, qty: float) -> None:
	"""Take goods into stock, unless there are some."""
	if any(row["actual_qty"] >= qty for row in site.find("Bin", {"item_code": item_code}, "actual_qty")):
		return
	company = site.find("Company", {})[0]["name"]
	warehouse = site.find("Warehouse", {"company": company, "is_group": 0, "warehouse_name": "Stores"})[0][
		"name"
	]
	entry = site.insert(
		"Stock Entry",
		stock_entry_type="Material Receipt",
		company=company,
		items=[{"item_code": item_code, "qty": qty, "t_warehouse": warehouse, "basic_rate": 900_000}],
	)
	site.update("Stock Entry", entry["name"], docstatus=1)


def make_customer(site: ServedSite, name: str) -> str:
	"""Make a company that buys."""
	return site.insert(
		"Customer",
		customer_name=name,
		customer_type="Company",
		customer_group=site.find("Customer Group", {"is_group": 0})[0]["name"],
		territory=site.find("Territory", {"is_group": 0})[0]["name"],
	)["name"]

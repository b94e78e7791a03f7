"""The six people who work in the demo firm, their teams and what each may do."""

from dataclasses import dataclass

# Only ever set on a demo site; bin/up prints it beside each login.
PASSWORD = "Demo-SkyCRM-2026"

ROOT_TEAM = "Sao Việt"
NORTH, SOUTH, CARE = "Kinh doanh miền Bắc", "Kinh doanh miền Nam", "Tiếp thị và chăm sóc khách hàng"


@dataclass(frozen=True)
class Person:
	email: str
	full_name: str
	team: str
	roles: tuple[str, ...]
	manages: str | None = None
	# Whose desk they have; who runs the site sees everything.
	job: str | None = None


SELLING = ("Sales User", "Stock User", "Accounts User")

PEOPLE = (
	Person(
		"lan.nguyen@saoviet.example",
		"Nguyễn Thị Lan",
		NORTH,
		("Sky Sales Manager", "Sales Manager", "Sales Master Manager", "Item Manager", *SELLING),
		ROOT_TEAM,
		"Sky Sales Management",
	),
	Person(
		"minh.tran@saoviet.example", "Trần Quang Minh", NORTH, ("Sky Sales User", *SELLING), None, "Sky Sales"
	),
	Person(
		"trang.pham@saoviet.example",
		"Phạm Thu Trang",
		SOUTH,
		("Sky Sales User", *SELLING),
		SOUTH,
		"Sky Sales",
	),
	Person(
		"mai.vu@saoviet.example",
		"Vũ Ngọc Mai",
		CARE,
		("Sky Marketing Manager", "Sky Marketing User", "Newsletter Manager"),
		CARE,
		"Sky Marketing Management",
	),
	Person(
		"yen.dang@saoviet.example",
		"Đặng Hải Yến",
		CARE,
		("Sky Support Manager", "Sky Support Agent", "Support Team", "Sales User"),
		None,
		"Sky Support Management",
	),
	Person(
		"hung.le@saoviet.example",
		"Lê Hoàng Hùng",
		SOUTH,
		("Sky CRM Admin", "System Manager", "Sales Manager", *SELLING),
	),
)
SELLERS = tuple(
	person for person in PEOPLE if "Sky Sales User" in person.roles or "Sky Sales Manager" in person.roles
)
TEAMS = (NORTH, SOUTH, CARE)

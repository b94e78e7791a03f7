"""Clock, statement counter and made-up people for the benchmarks. Nothing here asserts a time."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import frappe

SELLER = "load.seller@example.com"
SELLER_ROLES = (
	"Sky Sales User",
	"Sky Sales Manager",
	"Sales User",
	"Sales Manager",
	"Sales Master Manager",
	"Accounts User",
	"Stock User",
)
FAMILIES = (
	"Nguyễn",
	"Trần",
	"Lê",
	"Phạm",
	"Hoàng",
	"Huỳnh",
	"Phan",
	"Vũ",
	"Võ",
	"Đặng",
	"Bùi",
	"Đỗ",
	"Hồ",
	"Ngô",
)
MIDDLES = ("Văn", "Thị", "Đức", "Minh", "Quang", "Ngọc", "Thanh", "Hữu", "Xuân", "Kim")
GIVENS = (
	"An",
	"Bình",
	"Chi",
	"Dũng",
	"Giang",
	"Hà",
	"Hùng",
	"Khánh",
	"Lan",
	"Linh",
	"Long",
	"Mai",
	"Nam",
	"Nga",
)


@dataclass(frozen=True)
class Person:
	"""Somebody who does not exist; every number gives another person with keys of their own."""

	number: int

	@property
	def name(self) -> str:
		n = self.number
		given = GIVENS[n // 140 % len(GIVENS)]
		return f"{FAMILIES[n % len(FAMILIES)]} {MIDDLES[n // 14 % len(MIDDLES)]} {given} {n}"

	@property
	def organization(self) -> str:
		return f"Công ty TNHH Thử Tải {self.number}"

	@property
	def email(self) -> str:
		return f"person{self.number}@load.example.com"

	@property
	def phone(self) -> str:
		return f"09{self.number:08d}"

	@property
	def tax_code(self) -> str:
		"""Ten digits with a right check digit; numbers without one take the next stem that has it."""
		stem = self.number * 7
		while True:
			digits = f"{stem % 1_000_000_000:09d}"
			rest = (
				sum(int(d) * w for d, w in zip(digits, (31, 29, 23, 19, 17, 13, 7, 5, 3), strict=True)) % 11
			)
			if 10 - rest < 10:
				return f"{digits}{10 - rest}"
			stem += 1


# Another stretch of numbers in each run, so that a site can be measured again
_numbers = itertools.count(int(time.time()) * 997 % 38_000_000 + 50_000_000)


def new_person() -> Person:
	return Person(next(_numbers))


@dataclass
class Figure:
	"""One line of the printed table: a value of ours beside the peer's in the same run."""

	name: str
	ours: float
	peer: float
	unit: str
	goal: str
	ratio_of: str = "ours/peer"
	notes: str = ""
	met: bool | None = None
	ratio: float = field(init=False)

	def __post_init__(self) -> None:
		top, bottom = (self.ours, self.peer) if self.ratio_of == "ours/peer" else (self.peer, self.ours)
		self.ratio = top / bottom if bottom else float("nan")


def show(figures: list[Figure]) -> None:
	print(f"\n{'figure':<58} {'SkyCRM':>10} {'peer':>10} {'unit':<11} {'ratio':>7}  goal")
	for f in figures:
		mark = {True: "met", False: "MISSED", None: ""}[f.met]
		print(
			f"{f.name:<58} {f.ours:>10.2f} {f.peer:>10.2f} {f.unit:<11} {f.ratio:>6.2f}x  {f.goal} {mark} {f.notes}"
		)


def median_ms(call: Callable[[], object], times: int = 15) -> float:
	"""Median milliseconds of a call, after one that warms the caches."""
	call()
	taken = []
	for _ in range(times):
		start = time.perf_counter()
		call()
		taken.append((time.perf_counter() - start) * 1000)
	return statistics.median(taken)


def paired_ms(ours: Callable[[], object], peer: Callable[[], object], times: int = 30) -> tuple[float, float]:
	"""Medians of two calls made in turn, so that a slow moment of the machine hits both."""
	ours()
	peer()
	taken: tuple[list[float], list[float]] = ([], [])
	for _ in range(times):
		for call, kept in zip((ours, peer), taken, strict=True):
			start = time.perf_counter()
			call()
			kept.append((time.perf_counter() - start) * 1000)
	return statistics.median(taken[0]), statistics.median(taken[1])


@contextmanager
def counted_statements() -> Iterator[list[str]]:
	"""The statements that run inside, start and end of the transaction included."""
	seen: list[str] = []
	connection = frappe.db.__class__
	original = connection.sql

	def counting(self, query, *args, **kwargs):
		seen.append(str(query))
		return original(self, query, *args, **kwargs)

	connection.sql = counting
	try:
		yield seen
	finally:
		connection.sql = original


def ensure_seller() -> str:
	"""A user with the roles of both products, so that permission checks run; returns an API key and secret."""
	if not frappe.db.exists("User", SELLER):
		user = frappe.get_doc(
			{"doctype": "User", "email": SELLER, "first_name": "Load", "send_welcome_email": 0}
		)
		user.insert(ignore_permissions=True)
		user.add_roles(*SELLER_ROLES)
	user = frappe.get_doc("User", SELLER)
	secret = frappe.generate_hash(length=15)
	user.api_key = user.api_key or frappe.generate_hash(length=15)
	user.api_secret = secret
	user.save(ignore_permissions=True)
	frappe.db.commit()
	return f"{user.api_key}:{secret}"


def answer_gravatar_locally() -> None:
	"""The peer asks a web service for a picture at every insert; answered here, which flatters the peer."""
	for module in ("erpnext.crm.doctype.lead.lead", "frappe.contacts.doctype.contact.contact"):
		holder = frappe.get_module(module)
		if hasattr(holder, "has_gravatar"):
			holder.has_gravatar = lambda email: ""

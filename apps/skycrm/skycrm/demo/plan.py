"""The year of business that the demo shows, decided before anything is written: same seed, same firm.

Plain values only, so that a test can count it without a site.
"""

import random
from dataclasses import dataclass, field, replace

from skycrm.demo import catalogue as c
from skycrm.demo.people import NORTH, SELLERS, SOUTH
from skycrm.domain.errors import InvalidValue
from skycrm.domain.tax_code import tax_key
from skycrm.domain.text import name_key

SEED = 20261
LEADS, CUSTOMERS, OPPORTUNITIES = 300, 40, 80

# How the leads that are not converted stand, adding up to LEADS - CUSTOMERS.
LEAD_STATUSES = {"New": 66, "Contacted": 63, "Nurturing": 49, "Qualified": 36, "Unqualified": 46}
# Further people of a firm that bought, who had asked too: with them enough leads are won to learn a score from.
COLLEAGUES = 38
STAGES = {"Prospecting": 10, "Needs Analysis": 10, "Proposal": 12, "Negotiation": 10, "Won": 24, "Lost": 14}
SOURCES = (
	*("Website",) * 5,
	*("Zalo",) * 3,
	*("Facebook",) * 3,
	*("Referral",) * 3,
	*("Phone Call",) * 2,
	"Trade Fair",
	"Google Ads",
)
LOST_REASONS = ("Price Too High", "Chose a Competitor", "No Budget", "No Answer")


@dataclass(frozen=True)
class LeadPlan:
	number: int
	family: str
	middle: str
	given: str
	gender: str
	organization: str
	job_title: str
	mobile_no: str
	email_id: str
	tax_id: str
	street: str
	city: str
	territory: str
	source: str
	owner: str
	team: str
	status: str
	rating: str
	days_ago: int
	next_contact_in_days: int | None
	unqualified_reason: str
	items: tuple[tuple[str, int], ...]

	@property
	def lead_name(self) -> str:
		return " ".join(part for part in (self.family, self.middle, self.given) if part)


@dataclass(frozen=True)
class OpportunityPlan:
	number: int
	lead: int  # number of the converted lead whose customer buys
	first: bool  # made by the conversion itself
	stage: str
	days_ago: int
	days_to_close: int
	discounts: tuple[float, ...]
	items: tuple[tuple[str, int], ...]
	lost_reason: str | None
	next_step: str
	quoted: bool
	ordered: bool
	delivered: bool
	invoiced: float  # part of the order that is invoiced, 0 to 1
	returned: bool


@dataclass(frozen=True)
class Plan:
	leads: tuple[LeadPlan, ...]
	opportunities: tuple[OpportunityPlan, ...] = field(default=())
	# Number of the opportunity that they became part of, and the lead.
	colleagues: tuple[tuple[int, LeadPlan], ...] = field(default=())


def make_plan(seed: int = SEED) -> Plan:
	"""The whole year; the same seed gives the same plan on every machine and Python version."""
	dice = random.Random(seed)
	statuses = ["Converted"] * CUSTOMERS + [
		name for name, count in LEAD_STATUSES.items() for _ in range(count)
	]
	dice.shuffle(statuses)
	organizations = _organizations(dice)
	leads = tuple(
		_lead(dice, number, status, organizations[number - 1])
		for number, status in enumerate(statuses, start=1)
	)
	opportunities = _opportunities(dice, [lead for lead in leads if lead.status == "Converted"])
	return Plan(leads, opportunities, _colleagues(dice, leads, opportunities))


def _organizations(dice: random.Random) -> list[str]:
	"""A name per lead, never the same twice; about one lead in six is a private person."""
	names = list(
		dict.fromkeys(
			f"{form} {trade} {name}"
			for form in c.ORGANISATION_FORMS
			for trade in c.ORGANISATION_TRADES
			for name in c.ORGANISATION_NAMES
		)
	)
	dice.shuffle(names)
	chosen = [*c.SCHOOLS, *names[: LEADS - len(c.SCHOOLS)]]
	dice.shuffle(chosen)
	return chosen


def _lead(dice: random.Random, number: int, status: str, organization: str) -> LeadPlan:
	woman = dice.random() < 0.5
	middles, givens = c.WOMEN if woman else c.MEN
	family, middle, given = dice.choice(c.FAMILY_NAMES), dice.choice(middles), dice.choice(givens)
	city, territory, streets = dice.choice(c.CITIES)
	north = territory == "Miền Bắc"
	owners = [person for person in SELLERS if person.team == (NORTH if north else SOUTH)]
	owner = dice.choice(owners)
	# A private person does not come with a firm; customers of the chain below are mostly firms.
	private = dice.random() < {"Converted": 0.05, "Unqualified": 0.3}.get(status, 0.18)
	days_ago = dice.randint(150, 360) if status == "Converted" else dice.randint(0, 200)
	open_lead = status in ("New", "Contacted", "Nurturing", "Qualified")
	slug = name_key(f"{given} {family}").replace(" ", ".")
	return LeadPlan(
		number=number,
		family=family,
		middle=middle,
		given=given,
		gender="Female" if woman else "Male",
		organization="" if private else organization,
		job_title="" if private else dice.choice(c.JOBS),
		mobile_no=f"0900 {number // 1000:03d} {number % 1000:03d}",
		email_id=f"{slug}.{number}@khachhang.example",
		tax_id="" if private else _tax_code(dice),
		street=f"{dice.randint(2, 420)} {dice.choice(streets)}",
		city=city,
		territory=territory,
		source=dice.choice(SOURCES),
		owner=owner.email,
		team=owner.team,
		status=status,
		rating=dice.choice(("Hot", "Warm", "Warm", "Cold")),
		days_ago=days_ago,
		next_contact_in_days=dice.randint(-9, 21) if open_lead and dice.random() < 0.7 else None,
		unqualified_reason=dice.choice(c.UNQUALIFIED_REASONS) if status == "Unqualified" else "",
		items=_items(dice, 1, 2)
		if dice.random() < {"Converted": 1, "Unqualified": 0.45}.get(status, 0.6)
		else (),
	)


def _opportunities(dice: random.Random, converted: list[LeadPlan]) -> tuple[OpportunityPlan, ...]:
	stages = [name for name, count in STAGES.items() for _ in range(count)]
	dice.shuffle(stages)
	# Every customer has the one from its conversion; the rest go to customers who buy again.
	buyers = [(lead, True) for lead in converted]
	buyers += [(dice.choice(converted), False) for _ in range(OPPORTUNITIES - len(converted))]
	plans = []
	for number, ((lead, first), stage) in enumerate(zip(buyers, stages, strict=True), start=1):
		closed = stage in ("Won", "Lost")
		newest = 20 if closed else 2
		days_ago = dice.randint(newest, max(newest, lead.days_ago - 5) if closed or first else 60)
		days_ago = min(days_ago, lead.days_ago) if closed else min(days_ago, 75, lead.days_ago)
		items = _items(dice, 2, 5)
		quoted = stage in ("Proposal", "Negotiation", "Won") or (stage == "Lost" and dice.random() < 0.5)
		won = stage == "Won"
		invoiced = dice.choice((0.0, 0.5, 1.0, 1.0, 1.0, 1.0)) if won else 0.0
		discounts = [dice.choice((0, 0, 3, 5, 8)) for _ in items]
		if stage in ("Needs Analysis",) and dice.random() < 0.3:
			discounts[0] = 15  # waits for the manager's word
		plans.append(
			OpportunityPlan(
				number=number,
				lead=lead.number,
				first=first,
				stage=stage,
				days_ago=days_ago,
				days_to_close=dice.randint(5, min(45, max(6, days_ago - 1)))
				if closed
				else dice.randint(-4, 80),
				discounts=tuple(discounts),
				items=items,
				lost_reason=dice.choice(LOST_REASONS) if stage == "Lost" else None,
				next_step="" if closed else dice.choice(c.NEXT_STEPS),
				quoted=quoted,
				ordered=won,
				delivered=won and dice.random() < 0.5,
				invoiced=invoiced,
				returned=won and invoiced == 1.0 and number % 17 == 0,
			)
		)
	return tuple(plans)


def _colleagues(
	dice: random.Random, leads: tuple[LeadPlan, ...], opportunities: tuple[OpportunityPlan, ...]
) -> tuple[tuple[int, LeadPlan], ...]:
	"""Leads of people whose colleague had the sale in hand: they join that opportunity, which is won."""
	won = [opportunity for opportunity in opportunities if opportunity.stage == "Won"]
	buyers = {lead.number: lead for lead in leads}
	found = []
	for place in range(COLLEAGUES):
		sale = won[place % len(won)]
		buyer = buyers[sale.lead]
		person = _lead(dice, len(leads) + place + 1, "Converted", buyer.organization)
		found.append(
			(
				sale.number,
				replace(
					person,
					organization=buyer.organization,
					job_title=person.job_title or dice.choice(c.JOBS),
					tax_id=buyer.tax_id,
					street=buyer.street,
					city=buyer.city,
					territory=buyer.territory,
					owner=buyer.owner,
					team=buyer.team,
					days_ago=min(sale.days_ago + dice.randint(1, 9), buyer.days_ago),
					items=person.items if dice.random() < 0.5 else (),
				),
			)
		)
	return tuple(found)


def _items(dice: random.Random, fewest: int, most: int) -> tuple[tuple[str, int], ...]:
	"""Some products, and as many of each as an office would order at that price."""
	chosen = dice.sample(c.PRODUCTS, dice.randint(fewest, most))
	return tuple((p.code, dice.randint(1, max(1, min(30, 12_000_000 // p.price)))) for p in chosen)


def _tax_code(dice: random.Random) -> str:
	"""A made-up tax code with a right check digit."""
	while True:
		stem = f"0{dice.randint(1, 3)}{dice.randint(0, 9_999_999):07d}"
		for digit in range(10):
			try:
				return tax_key(f"{stem}{digit}")
			except InvalidValue:
				continue

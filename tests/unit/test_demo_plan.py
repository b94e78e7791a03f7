"""The demo's year: the numbers that the README promises, and the same firm each time."""

import csv
from collections import Counter
from pathlib import Path

from skycrm import demo
from skycrm.demo.plan import COLLEAGUES, CUSTOMERS, LEAD_STATUSES, LEADS, OPPORTUNITIES, STAGES, make_plan
from skycrm.domain.email_address import email_key
from skycrm.domain.phone import phone_key
from skycrm.domain.score_learning import LEAST_OF_EACH

LISTS = Path(demo.__file__).parent / "lists"


def test_numbers_of_leads_opportunities_and_customers():
	plan = make_plan()
	assert len(plan.leads) == LEADS == 300
	assert len(plan.opportunities) == OPPORTUNITIES == 80
	assert len({opportunity.lead for opportunity in plan.opportunities}) == CUSTOMERS == 40


def test_every_status_and_stage_is_shown():
	plan = make_plan()
	assert Counter(lead.status for lead in plan.leads) == Counter({**LEAD_STATUSES, "Converted": CUSTOMERS})
	assert Counter(opportunity.stage for opportunity in plan.opportunities) == Counter(STAGES)


def test_the_same_seed_gives_the_same_firm():
	assert make_plan() == make_plan()
	assert make_plan() != make_plan(seed=1)


def test_no_two_leads_share_a_key_and_every_key_is_valid():
	plan = make_plan()
	everybody = [*plan.leads, *(lead for _sale, lead in plan.colleagues)]
	assert len({phone_key(lead.mobile_no) for lead in everybody}) == LEADS + COLLEAGUES
	assert len({email_key(lead.email_id) for lead in everybody}) == LEADS + COLLEAGUES
	leads = plan.leads
	codes = [lead.tax_id for lead in leads if lead.tax_id]
	assert len(set(codes)) == len(codes)


def test_opportunities_begin_after_their_lead_and_end_before_today():
	plan = make_plan()
	leads = {lead.number: lead for lead in plan.leads}
	for opportunity in plan.opportunities:
		assert opportunity.days_ago <= leads[opportunity.lead].days_ago
		if opportunity.stage in ("Won", "Lost"):
			assert 0 <= opportunity.days_ago - opportunity.days_to_close


def test_the_year_is_covered_in_every_quarter():
	quarters = Counter(opportunity.days_ago // 92 for opportunity in make_plan().opportunities)
	assert all(quarters[quarter] for quarter in range(3))


def test_colleagues_join_a_sale_of_their_own_firm_that_is_won():
	plan = make_plan()
	leads = {lead.number: lead for lead in plan.leads}
	sales = {sale.number: sale for sale in plan.opportunities}
	for number, colleague in plan.colleagues:
		assert sales[number].stage == "Won"
		assert colleague.organization == leads[sales[number].lead].organization
		assert sales[number].days_ago <= colleague.days_ago <= leads[sales[number].lead].days_ago


def test_enough_leads_are_decided_to_learn_a_score_from():
	plan = make_plan()
	first = Counter(sale.stage for sale in plan.opportunities if sale.first)
	assert first["Won"] + len(plan.colleagues) >= LEAST_OF_EACH
	assert first["Lost"] + LEAD_STATUSES["Unqualified"] >= LEAST_OF_EACH


def test_every_line_of_the_lists_has_as_many_cells_as_its_headers():
	lists = sorted(LISTS.glob("*.csv"))
	assert len(lists) == 2
	for path in lists:
		text = path.read_text("utf-8")
		rows = list(csv.reader(text.splitlines(), csv.Sniffer().sniff(text.splitlines()[0], ",;")))
		assert len(rows) > 10 and {len(row) for row in rows} == {len(rows[0])}

"""The demo's year: the numbers that the README promises, and the same firm each time."""

from collections import Counter

from skycrm.demo.plan import CUSTOMERS, LEAD_STATUSES, LEADS, OPPORTUNITIES, STAGES, make_plan
from skycrm.domain.email_address import email_key
from skycrm.domain.phone import phone_key


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
	leads = make_plan().leads
	assert len({phone_key(lead.mobile_no) for lead in leads}) == LEADS
	assert len({email_key(lead.email_id) for lead in leads}) == LEADS
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

"""domain/stages.py: every event on every kind of stage, and random pipelines for what must always hold."""

import random

import pytest

from skycrm.domain.errors import Blocked, InvalidValue
from skycrm.domain.stages import (
	LOST,
	OPEN,
	WON,
	Documents,
	Event,
	Stage,
	check_move,
	first_of_type,
	proposal_stage,
	reopening_stage,
	stage_after,
)

PROSPECTING = Stage("Prospecting", OPEN, 10)
ANALYSIS = Stage("Needs Analysis", OPEN, 20)
PROPOSAL = Stage("Proposal", OPEN, 30, is_proposal=True)
NEGOTIATION = Stage("Negotiation", OPEN, 40)
WON_STAGE = Stage("Won", WON, 50)
LOST_STAGE = Stage("Lost", LOST, 60)
STAGES = [LOST_STAGE, NEGOTIATION, PROSPECTING, WON_STAGE, PROPOSAL, ANALYSIS]

NOTHING = Documents()


@pytest.mark.parametrize(
	("event", "current", "documents", "before", "expected"),
	[
		# a quotation brings an open opportunity forward, never back, and opens nothing
		(Event.QUOTATION_SUBMITTED, PROSPECTING, NOTHING, None, PROPOSAL),
		(Event.QUOTATION_SUBMITTED, ANALYSIS, NOTHING, None, PROPOSAL),
		(Event.QUOTATION_SUBMITTED, PROPOSAL, NOTHING, None, None),
		(Event.QUOTATION_SUBMITTED, NEGOTIATION, NOTHING, None, None),
		(Event.QUOTATION_SUBMITTED, WON_STAGE, NOTHING, None, None),
		(Event.QUOTATION_SUBMITTED, LOST_STAGE, NOTHING, None, None),
		# an order wins whatever was thought before
		(Event.SALE_SUBMITTED, PROSPECTING, NOTHING, None, WON_STAGE),
		(Event.SALE_SUBMITTED, NEGOTIATION, NOTHING, None, WON_STAGE),
		(Event.SALE_SUBMITTED, LOST_STAGE, NOTHING, None, WON_STAGE),
		(Event.SALE_SUBMITTED, WON_STAGE, NOTHING, None, None),
		# cancelling reopens when it was the only one, to where it was
		(Event.SALE_CANCELLED, WON_STAGE, NOTHING, "Negotiation", NEGOTIATION),
		(Event.SALE_CANCELLED, WON_STAGE, Documents(orders=1), "Negotiation", None),
		(Event.SALE_CANCELLED, WON_STAGE, Documents(invoices=1), "Negotiation", None),
		(Event.SALE_CANCELLED, WON_STAGE, Documents(quotations=1), None, PROPOSAL),
		(Event.SALE_CANCELLED, WON_STAGE, Documents(quotations=1), "Prospecting", PROSPECTING),
		(Event.SALE_CANCELLED, WON_STAGE, NOTHING, None, PROSPECTING),
		(Event.SALE_CANCELLED, WON_STAGE, NOTHING, "Renamed since", PROSPECTING),
		(Event.SALE_CANCELLED, WON_STAGE, NOTHING, "Lost", PROSPECTING),
		(Event.SALE_CANCELLED, NEGOTIATION, NOTHING, "Proposal", None),
		(Event.SALE_CANCELLED, LOST_STAGE, NOTHING, "Proposal", None),
		# a lost quotation loses the opportunity when nothing else is alive
		(Event.QUOTATION_LOST, PROPOSAL, NOTHING, None, LOST_STAGE),
		(Event.QUOTATION_LOST, PROPOSAL, Documents(quotations=1), None, None),
		(Event.QUOTATION_LOST, PROPOSAL, Documents(orders=1), None, None),
		(Event.QUOTATION_LOST, PROPOSAL, Documents(invoices=1), None, None),
		(Event.QUOTATION_LOST, WON_STAGE, NOTHING, None, None),
		(Event.QUOTATION_LOST, LOST_STAGE, NOTHING, None, None),
	],
)
def test_stage_after_an_event(event, current, documents, before, expected):
	assert stage_after(event, current, STAGES, documents, before) == expected


def test_without_a_proposal_stage_a_quotation_moves_nothing():
	stages = [PROSPECTING, NEGOTIATION, WON_STAGE, LOST_STAGE]
	assert stage_after(Event.QUOTATION_SUBMITTED, PROSPECTING, stages) is None


def test_only_an_open_stage_counts_as_proposal_stage():
	assert proposal_stage([PROSPECTING, Stage("Signed", WON, 5, is_proposal=True)]) is None


def test_of_two_proposal_stages_the_earlier_one_counts():
	early = Stage("Draft Offer", OPEN, 15, is_proposal=True)
	assert proposal_stage([PROPOSAL, early]) == early


def test_a_site_without_won_or_lost_stage_stays_where_it_is():
	assert stage_after(Event.SALE_SUBMITTED, PROPOSAL, [PROSPECTING, PROPOSAL]) is None
	assert stage_after(Event.QUOTATION_LOST, PROPOSAL, [PROSPECTING, PROPOSAL]) is None
	assert reopening_stage([WON_STAGE, LOST_STAGE]) is None


def test_first_of_type_goes_by_sequence_not_by_order_given():
	second = Stage("Won by Tender", WON, 55)
	assert first_of_type([second, WON_STAGE], WON) == WON_STAGE


def test_a_person_may_move_back_and_forth_and_reopen_without_documents():
	for current in STAGES:
		for target in STAGES:
			assert check_move(target.name, current, STAGES) == target


def test_a_stage_that_is_not_in_use_is_refused_with_those_that_are():
	with pytest.raises(InvalidValue) as caught:
		check_move("Dreaming", PROSPECTING, STAGES)
	assert caught.value.code == "stage_unknown"
	assert caught.value.params["stages"] == [
		"Prospecting",
		"Needs Analysis",
		"Proposal",
		"Negotiation",
		"Won",
		"Lost",
	]


@pytest.mark.parametrize("target", [PROPOSAL, LOST_STAGE])
def test_a_won_opportunity_with_a_standing_order_cannot_be_reopened_or_lost(target):
	sales = [("Sales Invoice", "SINV-1"), ("Sales Order", "SO-1")]
	with pytest.raises(Blocked) as caught:
		check_move(target.name, WON_STAGE, STAGES, sales)
	assert caught.value.code == "stage_sale_stands"
	assert caught.value.blockers == sales
	assert caught.value.params == {"stage": target.name, "documents": ["SINV-1", "SO-1"]}


def test_a_won_opportunity_may_move_to_another_won_stage():
	other = Stage("Won by Tender", WON, 55)
	assert check_move(other.name, WON_STAGE, [*STAGES, other], [("Sales Order", "SO-1")]) == other


def random_pipeline(rng: random.Random) -> list[Stage]:
	names = iter("ABCDEFGHIJ")
	stages = [
		Stage(next(names), OPEN, rng.randint(0, 9), rng.random() < 0.4) for _ in range(rng.randint(1, 5))
	]
	stages += [Stage(next(names), WON, rng.randint(0, 20)) for _ in range(rng.randint(1, 2))]
	stages += [Stage(next(names), LOST, rng.randint(0, 20)) for _ in range(rng.randint(1, 2))]
	rng.shuffle(stages)
	return stages


def test_what_holds_for_every_pipeline_and_every_run_of_events():
	rng = random.Random(20261121)
	for _run in range(2000):
		stages = random_pipeline(rng)
		current = rng.choice(stages)
		before = None
		for _step in range(6):
			event = rng.choice(list(Event))
			documents = Documents(rng.randint(0, 1), rng.randint(0, 1), rng.randint(0, 1))
			target = stage_after(event, current, stages, documents, before)
			if target is None:
				continue
			assert target in stages
			assert target.name != current.name
			if event is Event.QUOTATION_SUBMITTED:
				assert current.type == target.type == OPEN and target.sequence > current.sequence
			elif event is Event.SALE_SUBMITTED:
				assert target.type == WON
			elif event is Event.SALE_CANCELLED:
				assert current.type == WON and target.type == OPEN and not documents.sales
				assert before is None or target.name == before or before not in [s.name for s in stages]
			else:
				assert target.type == LOST and not documents.quotations and not documents.sales
			# the same event again changes nothing more
			assert stage_after(event, target, stages, documents, before) is None
			if current.type == OPEN and target.type != OPEN:
				before = current.name
			elif target.type == OPEN:
				before = None
			current = target

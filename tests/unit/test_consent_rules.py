"""What answers make of the state, and who may be written to."""

import itertools

import pytest

from skycrm.domain.consent import (
	ADVERTISING,
	IS_GRANTED,
	IS_REFUSED,
	NO_ADDRESS,
	NOT_ASKED,
	PERSONAL,
	SUPPRESSED,
	Answer,
	channel_name,
	decide,
	joined,
	joined_fields,
	leaves_out,
	ledger_answer,
)


@pytest.mark.parametrize(
	"facts", [f for n in range(4) for f in itertools.combinations((SUPPRESSED, IS_REFUSED, IS_GRANTED), n)]
)
@pytest.mark.parametrize("purpose", [ADVERTISING, PERSONAL])
@pytest.mark.parametrize("opt_in", [True, False])
def test_a_no_always_wins_whatever_else_is_known(facts, purpose, opt_in):
	answer = decide(facts, purpose, opt_in)
	if SUPPRESSED in facts or IS_REFUSED in facts:
		assert not answer.allowed
	elif IS_GRANTED in facts:
		assert answer == Answer(True, "granted")
	else:
		assert answer.allowed == (purpose == PERSONAL or not opt_in)


@pytest.mark.parametrize(
	("before", "after", "answer"),
	[
		(None, "Granted", "Granted"),
		("Unknown", "Refused", "Refused"),
		("Granted", "Refused", "Withdrawn"),
		("Refused", "Granted", "Granted"),
		("Granted", "Unknown", "Cleared"),
		("Refused", None, "Cleared"),
		("Unknown", None, None),
		(None, "Unknown", None),
	],
)
def test_the_ledger_names_what_a_change_is(before, after, answer):
	assert ledger_answer(before, after) == answer


def test_of_several_records_of_one_person_the_refusal_stays():
	assert joined("Granted", "Refused", "Unknown") == "Refused"
	assert joined("Unknown", "Granted") == "Granted"
	assert joined(None, "Unknown") == joined() == "Unknown"


def test_the_winning_answer_keeps_its_own_when_and_how():
	fields = joined_fields(
		[
			{"email_consent": "Granted", "email_consent_on": "2026-01-02", "email_consent_how": "form"},
			{"email_consent": "Refused", "email_consent_on": "2025-05-05", "email_consent_how": "phone"},
			{"sms_consent": "Granted", "sms_consent_on": "2025-01-01", "sms_consent_how": "old"},
			{"sms_consent": "Granted", "sms_consent_on": "2026-01-01", "sms_consent_how": "new"},
		]
	)
	assert (fields["email_consent"], fields["email_consent_how"]) == ("Refused", "phone")
	assert (fields["sms_consent"], fields["sms_consent_how"]) == ("Granted", "new")
	assert (fields["call_consent"], fields["call_consent_on"]) == ("Unknown", None)


def test_a_channel_is_known_by_any_spelling():
	assert [channel_name(name) for name in ("Email", "SMS", " call ", "Zalo")] == [
		"email",
		"sms",
		"call",
		"Zalo",
	]


@pytest.mark.parametrize(
	("reason", "out_of_advertising", "out_of_a_letter"),
	[
		(SUPPRESSED, True, True),
		(IS_REFUSED, True, True),
		(NOT_ASKED, True, True),
		(NO_ADDRESS, True, False),
	],
)
def test_who_is_left_out_of_which_mail(reason, out_of_advertising, out_of_a_letter):
	answer = Answer(False, reason)
	assert leaves_out(answer, ADVERTISING) is out_of_advertising
	assert leaves_out(answer, PERSONAL) is out_of_a_letter
	assert not leaves_out(Answer(True, IS_GRANTED), ADVERTISING)
	assert not leaves_out(Answer(True, IS_GRANTED), PERSONAL)

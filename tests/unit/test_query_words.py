"""domain/query_words.py: names of fields are found wherever a request can put them, and nothing but names passes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skycrm.domain.query_words import Column, mentions, queries, read

AMOUNT = Column("amount")


def compared(**arguments):
	words = read(arguments)
	assert not words.expressions, words.expressions
	return words.compared


def refused(**arguments):
	return read(arguments).expressions


@pytest.mark.parametrize(
	"filters",
	[
		{"amount": 5},
		{"amount": [">", 5]},
		[["amount", ">", 5]],
		[["Deal", "amount", ">", 5]],
		[["Deal", "amount", ">", 5, False]],
		["amount", ">", "5"],
		["Deal", "amount", "not like", "5"],
		[{"amount": 5}],
		[[["amount", ">", 5]]],
	],
)
@pytest.mark.parametrize(
	"key", ["filters", "or_filters", "current_filters", "filters_json", "export_filters"]
)
def test_filters_in_every_shape(filters, key):
	for value in (filters, json.dumps(filters)):
		assert {column.name for column in compared(**{key: value})} == {"amount"}


def test_fields_and_filters_may_be_swapped():
	assert compared(fields=[["amount", ">", 5]]) == {AMOUNT}
	assert compared(fields={"amount": 5}) == {AMOUNT}
	assert read({"filters": ["name", "amount"]}).shown == {Column("name"), AMOUNT}


@pytest.mark.parametrize(
	("text", "column"),
	[
		("amount", AMOUNT),
		("`amount`", AMOUNT),
		("`tabSky Opportunity`.`amount`", Column("amount", "Sky Opportunity")),
		("`tabSky Opportunity`.amount", Column("amount", "Sky Opportunity")),
		("tabSky Opportunity.amount", Column("amount", "Sky Opportunity")),
		("lead.mobile_no", Column("mobile_no", "", "lead")),
		(" amount ", AMOUNT),
	],
)
def test_a_column_in_every_spelling(text, column):
	assert compared(order_by=text) == compared(group_by=text) == compared(sort_field=text) == {column}
	assert compared(order_by=f"{text} DESC, name asc") == {column, Column("name")}
	assert read({"fields": [text]}).shown == {column}
	assert read({"fields": f"name, {text} as x"}).shown == {column, Column("name")}
	for function in ("count({})", "SUM( {} )", "avg(distinct {}) as x", "min({})", "max({}) as `a b`"):
		words = read({"fields": [function.format(text)]})
		assert words.shown == {column} and not words.expressions


@pytest.mark.parametrize(
	"fields",
	[
		"*",
		["*"],
		["`tabDeal`.*"],
		["count(*) as result"],
		["count(1)"],
		["count(distinct `tabDeal`.name) as total_count"],
		["distinct name"],
		["`tabDeal`.`name` as 'Deal:name'"],
		["count(`tabDeal`.`name`) AS _aggregate_column"],
		["`stage` as name"],
		["_user_tags", "_comments"],
		[["amount", "Deal"], ["name", "Deal"]],
		None,
		"",
		[],
	],
)
def test_what_the_desk_asks_for_passes(fields):
	assert not refused(fields=fields)


@pytest.mark.parametrize(
	"order", ["_aggregate_column desc", "count desc", "", None, "KEEP_DEFAULT_ORDERING", "idx asc, name"]
)
def test_orders_of_the_desk_pass(order):
	assert not refused(order_by=order)


EXPRESSIONS = [
	"sleep(1)",
	"benchmark(1000000, md5(1))",
	"if(amount > 5, name, modified)",
	"(select amount from tabDeal limit 1)",
	"amount/**/desc",
	"name -- x",
	"name # x",
	"name; drop table x",
	"1 union select 2",
	"2",
	"(amount)",
	"`amount",
	"locate('9', mobile_no)",
	"extractvalue(1, concat(0x7e, version()))",
	"-amount",
	"amount+0",
	"`tabDeal`.`amount`` desc",
	"case when 1 then name end",
	"name limit 1",
	"@@version",
	"name asc desc",
	"ａmount",
	"amount\nprocedure analyse()",
]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_expressions_are_found_in_every_place(text):
	assert refused(order_by=text) and refused(group_by=text) and refused(sort_field=text)
	assert refused(searchfield=text) and refused(field=text) and refused(pluck=text)
	assert (
		refused(filters={text: 1})
		and refused(filters=[[text, "=", 1]])
		and refused(or_filters=[["Deal", text, "=", 1]])
	)
	assert refused(field_map=json.dumps({"start": text})) and refused(stats=json.dumps([text]))
	assert refused(aggregate_function_based_on=text)


@pytest.mark.parametrize("text", [text for text in EXPRESSIONS if text not in ("2",)])
def test_expressions_are_found_among_fields(text):
	assert (
		refused(fields=[text])
		and refused(filter_fields=json.dumps([text]))
		and refused(fieldname=json.dumps([text]))
	)
	assert refused(fields=[f"{text} as x"])


@pytest.mark.parametrize(
	"function", ["count(sleep(1))", "sum(amount+1)", "sum(if(amount,1,0))", "count(*) + 1", "avg(a, b)"]
)
def test_an_aggregate_of_an_expression_is_one(function):
	assert refused(fields=[function])


VALUES = st.recursive(
	st.none() | st.integers() | st.text() | st.just("amount"), lambda inner: st.lists(inner), max_leaves=5
)


@given(VALUES)
def test_values_are_never_taken_for_names(value):
	for filters in ({"title": ["=", value]}, [["title", "=", value]], [["Deal", "title", "in", value]]):
		words = read({"filters": filters})
		assert {column.name for column in words.compared} == {"title"} and not words.expressions


@given(
	st.text(),
	st.sampled_from(["order_by", "group_by", "filters", "fields", "sort_field", "field_map", "stats"]),
)
def test_no_text_breaks_the_reader_and_only_names_pass(text, key):
	words = read({key: text})
	for column in words.compared | words.shown:
		assert column.name.isidentifier() and column.name.isascii()


@given(
	st.recursive(
		st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
		lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
		max_leaves=8,
	)
)
def test_no_json_breaks_the_reader(value):
	for key in (
		"order_by",
		"group_by",
		"filters",
		"fields",
		"sort_field",
		"field_map",
		"stats",
		"fieldname",
		"doc",
	):
		arguments = {key: value, "doctype": value}
		for _doctype, found in queries(arguments, ""):
			read(found)
		mentions(arguments, "sky ")


def test_values_to_write_are_no_query():
	assert not compared(fieldname=json.dumps({"amount": 5}))
	assert read({"fields": {"amount": 5}}, fields_too=False).compared == set()


def asked(arguments, doctype=""):
	return {(of, column.name) for of, found in queries(arguments, doctype) for column in read(found).compared}


def test_queries_that_are_kept_for_later():
	card = {"doctype": "Number Card", "document_type": "Deal", "filters_json": '[["Deal", "amount", ">", 5]]'}
	assert ("Deal", "amount") in asked({"doc": json.dumps(card), "filters": None})
	assert ("Deal", "amount") in asked({**card, "doctype": None}, "Number Card")
	chart = {"document_type": "Deal", "based_on": "won_on", "group_by_based_on": "amount"}
	assert asked({"chart": chart}) >= {("Deal", "amount"), ("Deal", "won_on")}
	settings = {
		"filters": [["Deal", "amount", ">", 5]],
		"order_by": "`tabDeal`.`total` desc",
		"group_by": {"group_by": "stage"},
	}
	assert {
		name for _of, name in asked({"name": "x", "doctype": "Deal", "report_settings": json.dumps(settings)})
	} == {
		"amount",
		"total",
		"stage",
	}
	report = {"doctype": "Report", "ref_doctype": "Deal", "json": json.dumps(settings)}
	assert ("Deal", "amount") in asked({"doc": json.dumps(report)})


def test_a_record_in_a_request_is_no_query():
	segment = {
		"doctype": "Sky Segment",
		"filters": [{"doctype": "Sky Segment Filter", "field_name": "amount"}],
		"order_by": "if(1,2,3)",
	}
	assert asked({"doc": json.dumps(segment)}) == set()
	assert not any(read(found).expressions for _of, found in queries({"doc": json.dumps(segment)}, ""))


def test_a_mention_in_any_shape():
	assert (
		mentions("`tabSky Lead`", "sky ")
		and mentions({"a": [{"Sky Lead": 1}]}, "sky ")
		and mentions("\\u0053ky Lead", "sky ")
	)
	assert not mentions({"doctype": "ToDo", "filters": [["status", "=", "Open"]], "limit": 20}, "sky ")

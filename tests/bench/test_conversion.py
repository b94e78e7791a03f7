"""One call, one set of records: what a conversion makes, reuses, carries over and refuses."""

from __future__ import annotations

import pytest
from conversion_records import (
	FOLLOWER,
	STRANGER,
	full_lead,
	hang_everything_on,
	lead_row,
	phone,
	seller,
	table_counts,
	tax_code,
)
from factories import make_customer, make_item, make_lead, make_opportunity, make_user, unique
from sql_log import recorded

import frappe

from skycrm.domain.conversion import Wish
from skycrm.services import conversion
from skycrm.services.conversion import convert, convert_many
from skycrm.services.conversion_preview import preview
from skycrm.services.conversion_undo import undo


def links_of(doctype, name, to="Customer"):
	return frappe.get_all(
		"Dynamic Link",
		filters={"parenttype": doctype, "parent": name, "link_doctype": to},
		pluck="link_name",
	)


class TestWhatIsMade:
	def test_a_firm_becomes_customer_contact_address_and_opportunity(self):
		lead = full_lead(source="Website", job_title="Giám đốc")
		answer = convert(lead.name)
		assert set(answer) == {"customer", "contact", "address", "opportunity"}
		assert all(answer.values())

		customer = frappe.get_doc("Customer", answer["customer"])
		assert (customer.customer_name, customer.customer_type) == (lead.organization, "Company")
		assert customer.tax_id == lead.tax_id
		assert not customer.lead_name and not customer.opportunity_name
		assert customer.customer_primary_contact == answer["contact"]
		assert customer.customer_primary_address == answer["address"]
		assert (customer.email_id, customer.mobile_no) == (lead.email_id, lead.mobile_no)
		assert "Lê Lợi" in customer.primary_address

		contact = frappe.get_doc("Contact", answer["contact"])
		assert contact.full_name == "Nguyễn Văn An"
		assert (contact.first_name, contact.middle_name, contact.last_name) == ("An", "Văn", "Nguyễn")
		assert contact.name.startswith("Nguyễn Văn An")
		assert contact.designation == "Giám đốc"
		assert contact.email_id == lead.email_id and contact.mobile_no == lead.mobile_no
		assert contact.is_primary_contact == 1
		assert not contact.image
		assert links_of("Contact", contact.name) == [customer.name]

		address = frappe.get_doc("Address", answer["address"])
		assert (address.address_line1, address.city, address.country) == ("12 Lê Lợi", "Huế", "Vietnam")
		assert links_of("Address", address.name) == [customer.name]

		opportunity = frappe.get_doc("Sky Opportunity", answer["opportunity"])
		assert (opportunity.customer, opportunity.contact_person) == (customer.name, contact.name)
		assert (opportunity.lead, opportunity.source) == (lead.name, "Website")
		assert opportunity.title == lead.organization
		assert opportunity.company and opportunity.currency == "VND"
		assert [(row.item_code, row.qty, row.rate) for row in opportunity.items] == [
			("SKY-CONV-A", 3, 120_000),
			("SKY-CONV-B", 1, 0),
		]
		assert opportunity.amount == 360_000

		lead.reload()
		assert lead.status == "Converted"
		assert (lead.customer, lead.contact, lead.opportunity) == (
			answer["customer"],
			answer["contact"],
			answer["opportunity"],
		)
		assert lead.converted_by == "Administrator" and lead.converted_on

	def test_exactly_one_contact_and_no_ghost(self):
		lead = full_lead()
		before = table_counts()
		answer = convert(lead.name)
		after = table_counts()
		grown = {table: after[table] - before[table] for table in after if after[table] != before.get(table)}
		assert (grown["tabCustomer"], grown["tabContact"], grown["tabAddress"]) == (1, 1, 1)
		assert grown["tabSky Opportunity"] == 1
		# ERPNext makes a contact on a customer's later saves too, if it finds none.
		frappe.get_doc("Customer", answer["customer"]).save()
		assert table_counts()["tabContact"] == after["tabContact"]

	def test_a_person_becomes_an_individual(self):
		lead = make_lead(lead_name="Lê Thị Hoa", mobile_no=phone())
		answer = convert(lead.name)
		customer = frappe.get_doc("Customer", answer["customer"])
		assert (customer.customer_type, customer.customer_name) == ("Individual", "Lê Thị Hoa")
		assert answer["address"] is None

	def test_a_western_name_keeps_its_order(self):
		answer = convert(make_lead(lead_name="John Smith", mobile_no=phone()).name)
		contact = frappe.get_doc("Contact", answer["contact"])
		assert contact.full_name == "John Smith"

	def test_names_follow_erpnexts_own_setting(self):
		frappe.db.set_default("cust_master_name", "Naming Series")
		try:
			assert convert(full_lead().name)["customer"].startswith("CUST-")
		finally:
			frappe.db.set_default("cust_master_name", "Customer Name")

	def test_a_firm_without_a_person_leaves_one_contact(self):
		lead = full_lead(lead_name=None)
		answer = convert(lead.name)
		assert frappe.db.get_value("Contact", answer["contact"], "full_name") == lead.organization
		assert len(links_of("Contact", answer["contact"])) == 1

	def test_a_picture_comes_along_and_goes_with_the_undo(self):
		lead = full_lead()
		file = frappe.get_doc(
			{
				"doctype": "File",
				"file_name": f"{frappe.generate_hash(length=8)}.txt",
				"attached_to_doctype": "Sky Lead",
				"attached_to_name": lead.name,
				"attached_to_field": "image",
				"content": frappe.generate_hash(length=20),
			}
		).insert()
		lead.image = file.file_url
		lead.save()
		answer = convert(lead.name)
		assert frappe.db.get_value("Customer", answer["customer"], "image") == file.file_url
		undo(lead.name)
		assert frappe.get_doc("File", file.name).get_content()

	def test_without_opportunity(self):
		lead = full_lead()
		answer = convert(lead.name, Wish(create_opportunity=False))
		assert answer["opportunity"] is None and answer["customer"]

	def test_a_second_call_gives_the_same_answer_and_makes_nothing(self):
		lead = full_lead()
		first = convert(lead.name)
		before = table_counts()
		assert convert(lead.name) == first
		assert convert(lead.name, Wish(create_opportunity=False)) == first
		assert table_counts() == before

	def test_two_people_of_one_name_become_two_customers(self):
		name = unique("Phạm Thị Lan")
		one = convert(make_lead(lead_name=name, mobile_no=phone()).name)
		other = convert(make_lead(lead_name=name, mobile_no=phone()).name)
		assert one["customer"] != other["customer"] and one["contact"] != other["contact"]


class TestWhatIsReused:
	def test_a_customer_with_the_same_tax_code(self):
		code = tax_code()
		customer = make_customer(tax_id=code)
		answer = convert(full_lead(tax_id=code[:4] + " " + code[4:]).name)
		assert answer["customer"] == customer

	def test_two_leads_of_one_firm_make_one_customer_and_two_contacts(self):
		first = full_lead()
		firm = {"organization": first.organization, "tax_id": first.tax_id, "mobile_no": first.mobile_no}
		second = full_lead(lead_name="Trần Thị Bình", email_id=None, **firm)
		one, other = convert(first.name), convert(second.name)
		assert one["customer"] == other["customer"]
		assert one["contact"] != other["contact"]
		assert one["opportunity"] != other["opportunity"]

	def test_the_same_person_again_is_the_same_contact_which_learns_the_new_number(self):
		first = full_lead()
		again = full_lead(organization=first.organization, tax_id=first.tax_id, email_id=first.email_id)
		one, other = convert(first.name), convert(again.name)
		assert one["contact"] == other["contact"]
		numbers = [row.phone for row in frappe.get_doc("Contact", one["contact"]).phone_nos]
		assert numbers == [first.mobile_no, again.mobile_no]

	def test_a_contact_that_hangs_on_the_lead(self):
		lead = make_lead(lead_name="Đỗ Minh", organization=unique("Hộ kinh doanh"))
		contact = frappe.get_doc(
			{
				"doctype": "Contact",
				"first_name": "Minh",
				"links": [{"link_doctype": "Sky Lead", "link_name": lead.name}],
			}
		).insert()
		answer = convert(lead.name)
		assert answer["contact"] == contact.name
		assert links_of("Contact", contact.name) == [answer["customer"]]

	def test_chosen_records_are_used(self):
		customer = make_customer()
		contact = frappe.get_doc(
			{
				"doctype": "Contact",
				"first_name": "Mai",
				"links": [{"link_doctype": "Customer", "link_name": customer}],
			}
		).insert()
		lead = full_lead()
		answer = convert(lead.name, Wish(customer=customer, contact=contact.name))
		assert (answer["customer"], answer["contact"]) == (customer, contact.name)

	def test_several_people_join_one_deal(self):
		deal = make_opportunity(lead=None)
		leads = [full_lead(lead_name=name) for name in ("Nguyễn Văn An", "Trần Thị Bình")]
		answers = [convert(lead.name, Wish(opportunity=deal.name)) for lead in leads]
		assert {answer["opportunity"] for answer in answers} == {deal.name}
		assert {answer["customer"] for answer in answers} == {deal.customer}
		assert len({answer["contact"] for answer in answers}) == 2
		deal.reload()
		# The first of them is remembered, the deal's own lines and sums stay.
		assert deal.lead == leads[0].name
		assert len(deal.items) == 1

	def test_deals_that_were_begun_for_the_lead_go_on_and_no_ghost_is_made(self):
		lead = full_lead()
		deals = [make_opportunity(lead=lead.name, customer=None) for _ in range(2)]
		other = make_opportunity(lead=lead.name)
		before = frappe.db.count("Sky Opportunity")
		answer = convert(lead.name)
		assert answer["opportunity"] == deals[0].name
		assert frappe.db.count("Sky Opportunity") == before
		for deal in deals:
			deal.reload()
			assert (deal.customer, deal.contact_person) == (answer["customer"], answer["contact"])
		assert frappe.db.get_value("Sky Opportunity", other.name, "customer") == other.customer
		undo(lead.name)
		for deal in deals:
			deal.reload()
			assert (deal.customer, deal.contact_person, deal.lead) == (None, None, lead.name)

	def test_a_customer_that_one_may_not_read_is_not_used_and_not_named(self, as_user):
		# A user of its own: the framework's cache keeps the permission longer than the rollback.
		user = make_user(f"{frappe.generate_hash(length=8)}@example.com", "Sky Sales User", "Sales User")
		code = tax_code()
		hidden, other = make_customer(tax_id=code), make_customer()
		with as_user(user):
			lead = full_lead(tax_id=code)
			assert hidden in str(preview(lead.name)["customer"])
		frappe.get_doc(
			{"doctype": "User Permission", "user": user, "allow": "Customer", "for_value": other}
		).insert()
		with as_user(user):
			assert hidden not in str(preview(lead.name)["customer"])


class TestWhatIsCarriedOver:
	@pytest.fixture
	def converted(self):
		lead = full_lead()
		names = hang_everything_on(lead)
		answer = convert(lead.name)
		lead.reload()
		return frappe._dict(
			lead=lead, names=names, opportunity=frappe.get_doc("Sky Opportunity", answer["opportunity"])
		)

	def test_comments_show_on_both(self, converted):
		for doc in (converted.lead, converted.opportunity):
			comments = frappe.get_all(
				"Comment",
				filters={
					"reference_doctype": doc.doctype,
					"reference_name": doc.name,
					"comment_type": "Comment",
				},
				fields=["content", "owner"],
			)
			assert [comment.content for comment in comments] == ["Khách cần báo giá gấp"]
		column = frappe.db.get_value("Sky Opportunity", converted.opportunity.name, "_comments")
		assert frappe.parse_json(column)[0]["comment"] == "Khách cần báo giá gấp"

	def test_letters_show_on_both_and_answers_go_to_the_opportunity(self, converted):
		from frappe.desk.form.load import get_communication_data

		for doc in (converted.lead, converted.opportunity):
			shown = {row.name for row in get_communication_data(doc.doctype, doc.name)}
			assert shown >= {converted.names["letter"], converted.names["linked_letter"]}
		letter = frappe.get_doc("Communication", converted.names["letter"])
		assert (letter.reference_doctype, letter.reference_name) == (
			"Sky Opportunity",
			converted.opportunity.name,
		)
		letter.save(ignore_permissions=True)

	def test_files_are_on_both_and_one_on_disk(self, converted):
		files = frappe.get_all(
			"File",
			filters={"file_url": frappe.db.get_value("File", converted.names["file"], "file_url")},
			fields=["name", "attached_to_doctype", "attached_to_name"],
		)
		assert {(row.attached_to_doctype, row.attached_to_name) for row in files} == {
			("Sky Lead", converted.lead.name),
			("Sky Opportunity", converted.opportunity.name),
		}
		copy = next(row.name for row in files if row.attached_to_doctype == "Sky Opportunity")
		content = frappe.get_doc("File", converted.names["file"]).get_content()
		frappe.delete_doc("File", copy)
		assert frappe.get_doc("File", converted.names["file"]).get_content() == content

	def test_events_have_both_as_participants(self, converted):
		event = frappe.get_doc("Event", converted.names["event"])
		assert {(row.reference_doctype, row.reference_docname) for row in event.event_participants} == {
			("Sky Lead", converted.lead.name),
			("Sky Opportunity", converted.opportunity.name),
		}
		event.save(ignore_permissions=True)

	def test_open_to_dos_move_and_closed_ones_stay(self, converted):
		todo = frappe.get_doc("ToDo", converted.names["todo_open"])
		assert todo.reference_name == converted.opportunity.name
		assert (
			frappe.db.get_value("ToDo", converted.names["todo_closed"], "reference_name")
			== converted.lead.name
		)
		assert FOLLOWER in frappe.db.get_value("Sky Opportunity", converted.opportunity.name, "_assign")
		assert not frappe.db.get_value("Sky Lead", converted.lead.name, "_assign")

	def test_tags_followers_and_shares(self, converted):
		for doc in (converted.lead, converted.opportunity):
			assert set(frappe.get_doc(doc.doctype, doc.name).get_tags()) == {"Khách lớn", "Hà Nội"}
			assert frappe.db.exists(
				"Document Follow", {"ref_doctype": doc.doctype, "ref_docname": doc.name, "user": FOLLOWER}
			)
			assert frappe.db.get_value(
				"DocShare",
				{"share_doctype": doc.doctype, "share_name": doc.name, "user": STRANGER},
				["read", "write"],
			) == (1, 1)

	def test_without_opportunity_all_but_the_shares_goes_to_the_customer(self):
		lead = full_lead()
		names = hang_everything_on(lead)
		answer = convert(lead.name, Wish(create_opportunity=False))
		customer = frappe.get_doc("Customer", answer["customer"])
		assert set(customer.get_tags()) == {"Khách lớn", "Hà Nội"}
		assert frappe.db.get_value("ToDo", names["todo_open"], "reference_name") == customer.name
		assert not frappe.db.exists("DocShare", {"share_doctype": "Customer", "share_name": customer.name})


class TestWhatIsRefused:
	def refuse(self, lead, error, *words, wish=None):
		before, row = table_counts(), lead_row(lead.name)
		with pytest.raises(error) as refused:
			convert(lead.name, wish)
		message = str(refused.value)
		for word in words:
			assert word in message, message
		assert table_counts() == before
		assert lead_row(lead.name) == row

	def test_an_imported_value_that_is_not_valid_is_named(self):
		lead = make_lead(lead_name="An")
		frappe.db.set_value("Sky Lead", lead.name, {"email_id": "không có", "tax_id": "123"})
		self.refuse(lead, conversion.NotReadyError, "Email", "không có", "Tax", "123", "Correct it")

	def test_a_lead_that_was_given_up(self):
		lead = full_lead()
		frappe.db.set_value("Sky Lead", lead.name, {"status": "Unqualified", "unqualified_reason": "x"})
		self.refuse(lead, frappe.ValidationError, "Reopen")

	def test_a_lead_that_does_not_exist(self):
		with pytest.raises(frappe.DoesNotExistError):
			convert("SKY-LEAD-0000-00000")

	def test_chosen_records_that_do_not_exist(self):
		for wish in (Wish(customer="Không có"), Wish(contact="Không có"), Wish(opportunity="Không có")):
			self.refuse(full_lead(), frappe.DoesNotExistError, "Không có", wish=wish)

	def test_chosen_records_that_do_not_fit(self):
		deal, other = make_opportunity(), make_customer()
		self.refuse(
			full_lead(),
			frappe.ValidationError,
			deal.customer,
			other,
			wish=Wish(customer=other, opportunity=deal.name),
		)

	def test_a_closed_deal(self):
		deal = make_opportunity()
		frappe.db.set_value("Sky Opportunity", deal.name, "status", "Won")
		self.refuse(full_lead(), frappe.ValidationError, "closed", wish=Wish(opportunity=deal.name))

	def test_a_product_that_is_no_longer_sold(self):
		lead = full_lead()
		frappe.db.set_value("Item", "SKY-CONV-A", "disabled", 1)
		self.refuse(lead, frappe.ValidationError, "SKY-CONV-A")


class TestWhoMay:
	def test_a_seller_converts_an_own_lead(self, as_user):
		with as_user(seller()):
			lead = full_lead()
			answer = convert(lead.name)
			assert all(answer.values())
			owner = frappe.db.get_value("Sky Opportunity", answer["opportunity"], "opportunity_owner")
		assert owner == seller()

	@pytest.mark.parametrize("roles", [(), ("Sky Support Agent",), ("Sky Marketing User", "Sales User")])
	def test_others_do_not(self, as_user, roles):
		user = make_user(f"{frappe.generate_hash(length=8)}@example.com", *roles)
		self.refuse(user, full_lead(), as_user)

	def test_nor_a_guest(self, as_user):
		self.refuse("Guest", full_lead(), as_user)

	def test_nor_a_seller_of_another_team(self, as_user):
		with as_user(seller()):
			lead = full_lead()
		self.refuse(make_user(STRANGER, "Sky Sales User", "Sales User"), lead, as_user)

	def test_without_the_right_to_make_customers_the_message_says_who_has_it(self, as_user):
		user = make_user("no.erpnext.convert@example.com", "Sky Sales User")
		with as_user(user):
			lead = full_lead()
		message = self.refuse(user, lead, as_user)
		assert "Customer" in message and "Sales User" in message

	def test_the_workflow_decides(self, as_user):
		workflow = frappe.get_doc("Workflow", "Sky Lead Qualification")
		workflow.transitions = [row for row in workflow.transitions if row.action != "Convert"]
		workflow.save()
		with as_user(seller()):
			lead = full_lead()
		self.refuse(seller(), lead, as_user, (frappe.PermissionError, frappe.ValidationError))

	def refuse(self, user, lead, as_user, error=frappe.PermissionError):
		before, row = table_counts(), lead_row(lead.name)
		with as_user(user), pytest.raises(error) as refused:
			convert(lead.name)
		assert table_counts() == before
		assert lead_row(lead.name) == row
		return str(refused.value)


class TestAllOrNothing:
	@pytest.mark.parametrize("step", [name for _module, name in conversion.STEPS])
	def test_a_fault_after_any_step_leaves_nothing(self, monkeypatch, step):
		lead = full_lead()
		hang_everything_on(lead)
		module = next(module for module, name in conversion.STEPS if name == step)
		real = getattr(module, step)

		def break_after(run):
			real(run)
			raise RuntimeError(f"after {step}")

		before, row = table_counts(), lead_row(lead.name)
		monkeypatch.setattr(module, step, break_after)
		with pytest.raises(RuntimeError, match=step):
			convert(lead.name)
		assert table_counts() == before
		assert lead_row(lead.name) == row
		monkeypatch.setattr(module, step, real)
		assert all(convert(lead.name).values())


class TestMany:
	def test_each_lead_by_itself_with_a_reason_for_each_that_fails(self):
		good, bad, done = full_lead(), make_lead(lead_name="An"), full_lead()
		frappe.db.set_value("Sky Lead", bad.name, "email_id", "hỏng")
		first = convert(done.name)
		rows = convert_many([good.name, bad.name, done.name, "SKY-LEAD-0000-00000"])
		assert [row["converted"] for row in rows] == [True, False, True, False]
		assert "hỏng" in rows[1]["error"]
		assert "SKY-LEAD-0000-00000" in rows[3]["error"]
		assert rows[2]["customer"] == first["customer"]
		assert frappe.db.get_value("Sky Lead", good.name, "status") == "Converted"
		assert frappe.db.get_value("Sky Lead", bad.name, "status") != "Converted"


class TestPreview:
	def test_it_says_field_by_field_what_convert_then_does(self):
		lead = full_lead()
		hang_everything_on(lead)
		shown = preview(lead.name)
		assert shown["ready"] and shown["problems"] == []
		assert [shown[key]["action"] for key in ("customer", "contact", "address", "opportunity")] == [
			"create"
		] * 4
		fields = {row["fieldname"]: row["value"] for row in shown["customer"]["fields"]}
		assert fields["customer_name"] == lead.organization and fields["tax_id"] == lead.tax_id
		lines = next(row["value"] for row in shown["opportunity"]["fields"] if row["fieldname"] == "items")
		assert {cell["fieldname"]: cell["value"] for cell in lines[0]}["rate"] == 120_000
		assert shown["carried"] == {
			"comments": 1,
			"communications": 2,
			"files": 1,
			"events": 1,
			"to_dos": 1,
			"tags": 1,
			"followers": 1,
			"shares": 1,
		}
		answer = convert(lead.name)
		customer = frappe.get_doc("Customer", answer["customer"])
		for fieldname, value in fields.items():
			assert customer.get(fieldname) == value

	def test_it_writes_nothing(self):
		lead = full_lead()
		before, row = table_counts(), lead_row(lead.name)
		with recorded() as statements:
			preview(lead.name)
		kinds = {statement.strip().split(None, 1)[0].lower() for statement in statements}
		assert kinds <= {"select", "(select"}, kinds
		assert not [statement for statement in statements if "for update" in statement.lower()]
		assert table_counts() == before and lead_row(lead.name) == row

	def test_ambiguity_lists_the_candidates_and_says_which_and_why(self):
		code = tax_code()
		older, newer = make_customer(tax_id=code), make_customer(tax_id=code)
		frappe.db.set_value("Customer", older, "creation", "2026-01-01", update_modified=False)
		shown = preview(full_lead(tax_id=code).name)["customer"]
		assert shown["ambiguous"] and shown["name"] == older
		assert {row["name"]: row["used"] for row in shown["candidates"]} == {older: True, newer: False}
		assert "same tax code" in shown["text"] and "oldest" in shown["text"]

	def test_problems_are_said_before_anybody_presses_the_button(self, as_user):
		user = make_user("no.erpnext.convert@example.com", "Sky Sales User")
		with as_user(user):
			lead = full_lead()
			shown = preview(lead.name)
		assert not shown["ready"]
		assert "Sales User" in shown["problems"][0]

	def test_a_converted_lead_answers_with_its_conversion(self):
		lead = full_lead()
		answer = convert(lead.name)
		assert preview(lead.name)["converted"] == answer


def test_number_of_statements():
	"""ERPNext's make_opportunity and make_customer take 126 statements with five lines, and carry nothing over."""
	lines = [{"item_code": make_item(f"SKY-CONV-{number}", rate=1000), "qty": 1} for number in range(5)]
	convert(full_lead(items=lines).name)
	lead = full_lead(items=lines)
	with recorded() as statements:
		convert(lead.name)
	print("statements of one conversion:", len(statements))
	assert len(statements) <= 126

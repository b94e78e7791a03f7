// Form of an opportunity: products with prices, the next stage as a button, ERPNext's documents and stock at hand.

frappe.ui.form.on("Sky Opportunity", {
	setup(frm) {
		frm.set_query("stage", () => ({ filters: { enabled: 1 }, order_by: "sequence asc" }));
		frm.set_query("source", () => ({ filters: { enabled: 1 } }));
		frm.set_query("lost_reason", () => ({ filters: { enabled: 1 } }));
		frm.set_query("selling_price_list", () => ({ filters: { enabled: 1, selling: 1 } }));
		frm.set_query("opportunity_owner", () => ({
			filters: { enabled: 1, user_type: "System User" },
		}));
		frm.set_query("lead", () => ({ filters: { status: ["!=", "Unqualified"] } }));
		frm.set_query("contact_person", () =>
			frm.doc.customer
				? {
						query: "frappe.contacts.doctype.contact.contact.contact_query",
						filters: { link_doctype: "Customer", link_name: frm.doc.customer },
					}
				: {}
		);
		frm.set_query("item_code", "items", () => ({
			filters: { disabled: 0, has_variants: 0, is_sales_item: 1 },
		}));
		frm.set_query("uom", "items", (_doc, cdt, cdn) => ({
			query: "erpnext.accounts.doctype.pricing_rule.pricing_rule.get_item_uoms",
			filters: { value: locals[cdt][cdn].item_code, apply_on: "Item Code" },
		}));
	},

	onload(frm) {
		if (!frm.is_new()) return;
		if (!frm.doc.company)
			frm.set_value("company", frappe.defaults.get_user_default("Company"));
		frm.trigger("company");
	},

	refresh(frm) {
		frm.skycrm_steps = {};
		add_shortcuts(frm);
		set_currency_labels(frm);
		if (frm.is_new()) {
			propose_stage(frm);
			return;
		}
		show_state(frm);
		skycrm.opportunity_documents.render(frm);
		if (frm.perm[0]?.write) add_stage_buttons(frm);
		add_quotation_button(frm);
	},

	company(frm) {
		if (frm.is_new() && frm.doc.company && !frm.doc.currency) {
			frm.set_value("currency", company_currency(frm));
		}
	},

	async customer(frm) {
		if (!frm.doc.customer) return;
		const { message } = await frappe.db.get_value("Customer", frm.doc.customer, [
			"customer_name",
			"customer_primary_contact",
			"default_currency",
			"default_price_list",
		]);
		if (!message) return;
		if (!frm.doc.title) frm.set_value("title", message.customer_name);
		if (!frm.doc.contact_person && message.customer_primary_contact) {
			frm.set_value("contact_person", message.customer_primary_contact);
		}
		if (message.default_price_list)
			frm.set_value("selling_price_list", message.default_price_list);
		if (message.default_currency && !frm.doc.items?.length)
			frm.set_value("currency", message.default_currency);
	},

	async stage(frm) {
		if (!frm.doc.stage) return;
		const { message } = await frappe.db.get_value("Sky Sales Stage", frm.doc.stage, [
			"probability",
			"type",
		]);
		if (!message) return;
		frm.set_value("probability", message.probability);
		// Lost asks for its reason where the user is looking.
		if (message.type === "Lost" && !frm.doc.lost_reason) frm.scroll_to_field("stage");
	},

	currency(frm) {
		set_currency_labels(frm);
		const own = company_currency(frm);
		if (!frm.doc.currency || frm.doc.currency === own) {
			frm.set_value("conversion_rate", 1);
			reprice(frm);
			return;
		}
		frappe
			.xcall("erpnext.setup.utils.get_exchange_rate", {
				from_currency: frm.doc.currency,
				to_currency: own,
				args: "for_selling",
			})
			.then((rate) => frm.set_value("conversion_rate", flt(rate)))
			.then(() => reprice(frm));
	},

	conversion_rate: (frm) => add_up(frm),
	selling_price_list: (frm) => reprice(frm),
	probability: (frm) => add_up(frm),
	amount(frm) {
		if (!frm.doc.items?.length) add_up(frm);
	},
});

frappe.ui.form.on("Sky Opportunity Item", {
	async item_code(frm, cdt, cdn) {
		const row = locals[cdt][cdn];
		if (!row.item_code) return;
		if (!row.qty) frappe.model.set_value(cdt, cdn, "qty", 1);
		await fill_offer(frm, row, null);
	},
	uom(frm, cdt, cdn) {
		const row = locals[cdt][cdn];
		if (row.item_code && row.uom && row.uom !== row.__offered_uom)
			fill_offer(frm, row, row.uom);
	},
	qty: (frm, cdt, cdn) => settle(frm, locals[cdt][cdn]),
	price_list_rate: (frm, cdt, cdn) => settle(frm, locals[cdt][cdn], "price_list_rate"),
	discount_percentage: (frm, cdt, cdn) => settle(frm, locals[cdt][cdn], "discount_percentage"),
	rate: (frm, cdt, cdn) => settle(frm, locals[cdt][cdn], "rate"),
	items_remove: (frm) => add_up(frm),
});

// Prices
// ------

async function fill_offer(frm, row, uom) {
	if (!frm.doc.company) return;
	const offer = await frappe.xcall(
		"skycrm.api.v1.opportunity_items.get_offer",
		{
			item_code: row.item_code,
			company: frm.doc.company,
			currency: frm.doc.currency || null,
			conversion_rate: frm.doc.conversion_rate || null,
			price_list: frm.doc.selling_price_list || null,
			customer: frm.doc.customer || null,
			uom,
		},
		"GET"
	);
	row.__offered_uom = offer.uom;
	row.__settling = true;
	await frappe.model.set_value(row.doctype, row.name, {
		item_name: offer.item_name,
		uom: offer.uom,
		price_list_rate: offer.price_list_rate,
	});
	row.__settling = false;
	settle(frm, row, "price_list_rate");
}

async function reprice(frm) {
	for (const row of frm.doc.items || []) {
		if (row.item_code) await fill_offer(frm, row, row.uom);
	}
	add_up(frm);
}

// The same arithmetic as the server's, so that the figures do not jump on saving; the server has the last word.
async function settle(frm, row, changed) {
	if (row.__settling) return;
	row.__settling = true;
	const price = flt(row.price_list_rate);
	const set = {};
	if (changed === "rate") {
		set.discount_percentage =
			price && flt(row.rate) < price ? flt(((price - flt(row.rate)) / price) * 100, 9) : 0;
	} else if (
		changed === "discount_percentage" &&
		!price &&
		flt(row.rate) &&
		flt(row.discount_percentage)
	) {
		set.price_list_rate = flt(row.rate);
		set.rate = flt(
			set.price_list_rate * (1 - flt(row.discount_percentage) / 100),
			precision("rate", row)
		);
	} else if (price && changed) {
		set.rate = flt(price * (1 - flt(row.discount_percentage) / 100), precision("rate", row));
	}
	const rate = "rate" in set ? set.rate : flt(row.rate);
	set.amount = flt(rate * flt(row.qty), precision("amount", row));
	await frappe.model.set_value(row.doctype, row.name, set);
	row.__settling = false;
	add_up(frm);
}

function add_up(frm) {
	const rows = frm.doc.items || [];
	const amount = rows.length
		? rows.reduce((sum, row) => sum + flt(row.amount), 0)
		: flt(frm.doc.amount);
	const base = flt(amount * (flt(frm.doc.conversion_rate) || 1), precision("base_amount"));
	const highest = Math.max(0, ...rows.map((row) => flt(row.discount_percentage)));
	if (rows.length && flt(frm.doc.amount) !== flt(amount))
		frm.set_value("amount", flt(amount, precision("amount")));
	frm.set_value({
		base_amount: base,
		weighted_amount: flt(
			(base * flt(frm.doc.probability)) / 100,
			precision("weighted_amount")
		),
		max_discount_percentage: highest,
	});
}

function company_currency(frm) {
	return (
		frappe.get_doc(":Company", frm.doc.company)?.default_currency ||
		frappe.boot.sysdefaults.currency
	);
}

function set_currency_labels(frm) {
	const foreign = frm.doc.currency && frm.doc.currency !== company_currency(frm);
	frm.toggle_display(["conversion_rate", "base_amount"], Boolean(foreign));
}

// Stages and next steps
// ---------------------

async function propose_stage(frm) {
	if (frm.doc.stage) return;
	const stages = await skycrm.stage_move.stages();
	const first = stages.find((stage) => stage.type === "Open");
	if (first && frm.is_new() && !frm.doc.stage) frm.set_value("stage", first.name);
}

function show_state(frm) {
	const { doc } = frm;
	frm.page.set_indicator(...skycrm_opportunity_indicator(doc));
	// The form is refreshed more than once after a save; each word is said once.
	frm.set_intro("");
	if (
		doc.status === "Open" &&
		doc.expected_closing &&
		doc.expected_closing < frappe.datetime.get_today()
	) {
		frm.set_intro(
			__("It was expected to close on {0}. Set a new date, or move it to another stage.", [
				frappe.datetime.str_to_user(doc.expected_closing),
			]),
			"orange"
		);
	}
	const approvals = {
		Pending: [
			__("The discount of {0} % waits for approval: no quotation can be made until then.", [
				show_percent(doc),
			]),
			"orange",
		],
		Rejected: [
			__("The discount of {0} % was rejected: lower it, or ask again.", [show_percent(doc)]),
			"red",
		],
	};
	if (approvals[doc.approval_status]) frm.set_intro(...approvals[doc.approval_status]);
}

function show_percent(doc) {
	return format_number(doc.max_discount_percentage, null, 2).replace(/[.,]00$/, "");
}

function skycrm_opportunity_indicator(doc) {
	const color = { Open: "blue", Won: "green", Lost: "gray" }[doc.status] || "gray";
	const status = __(doc.status, null, "Sky Opportunity");
	return [doc.status === "Open" ? `${status} · ${shown(doc.stage)}` : status, color];
}

// The name of a stage as the user reads it, safe in a button.
function shown(stage) {
	return frappe.utils.escape_html(__(stage));
}

// Shortcuts stay on the page while the documents on it change: they do what the buttons of the document do now.
function add_shortcuts(frm) {
	const add = (shortcut, step, description) =>
		frappe.ui.keys.add_shortcut({
			shortcut,
			action: () => frm.skycrm_steps?.[step]?.(),
			description,
			page: frm.page,
			condition: () => Boolean(frm.skycrm_steps?.[step]),
			ignore_inputs: true,
		});
	add("alt+n", "next_stage", __("Move to the next stage"));
	add("alt+q", "quotation", __("Make a quotation"));
}

async function add_stage_buttons(frm) {
	const steps = frm.skycrm_steps;
	const stages = await skycrm.stage_move.stages();
	// Another document, or the same one saved meanwhile: its own refresh adds the buttons.
	if (frm.skycrm_steps !== steps) return;
	const move = (stage) => save_then(frm, () => skycrm.stage_move.one(frm, stage));
	const current = stages.find((stage) => stage.name === frm.doc.stage);
	const open = stages.filter((stage) => stage.type === "Open");
	if (frm.doc.status === "Open") {
		const next = open.find((stage) => !current || stage.sequence > current.sequence);
		if (next) {
			steps.next_stage = () => move(next.name);
			frm.add_custom_button(__("Move to {0}", [shown(next.name)]), steps.next_stage);
		}
		const others = stages.filter((stage) => stage.name !== frm.doc.stage && stage !== next);
		others.forEach((stage) =>
			frm.add_custom_button(shown(stage.name), () => move(stage.name), __("Stage"))
		);
	} else {
		const back = frm.doc.stage_before_closing || open[0]?.name;
		if (back) frm.add_custom_button(__("Reopen"), () => move(back));
	}
}

function add_quotation_button(frm) {
	const { doc } = frm;
	const blocked = ["Pending", "Rejected"].includes(doc.approval_status);
	if (doc.status !== "Open" || !doc.customer || !doc.items?.length || blocked) return;
	if (!frappe.model.can_create("Quotation")) return;
	frm.skycrm_steps.quotation = () =>
		save_then(frm, () =>
			frappe
				.xcall("skycrm.api.v1.opportunities.make_quotation", { opportunity: doc.name })
				.then((quotation) => frappe.set_route("Form", "Quotation", quotation))
		);
	frm.add_custom_button(__("Make Quotation"), frm.skycrm_steps.quotation).addClass(
		"btn-primary"
	);
}

function save_then(frm, action) {
	return frm.is_dirty() ? frm.save().then(action) : action();
}

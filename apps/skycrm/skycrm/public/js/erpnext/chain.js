// ERPNext's documents of the sale: offer only opportunities that fit, and let go of one that no longer does.
// The file is loaded with each of these forms, so it registers itself once.
frappe.provide("skycrm.chain");

skycrm.chain.party_fields = {
	Quotation: "party_name",
	"Sales Order": "customer",
	"Delivery Note": "customer",
	"Sales Invoice": "customer",
	"Purchase Order": null,
};

skycrm.chain.customer_of = function (frm) {
	if (frm.doctype === "Quotation" && frm.doc.quotation_to !== "Customer") {
		return null;
	}
	const field = skycrm.chain.party_fields[frm.doctype];
	return field ? frm.doc[field] : null;
};

skycrm.chain.set_queries = function (frm) {
	if (!frm.fields_dict.sky_opportunity) {
		return;
	}
	frm.set_query("sky_opportunity", () => {
		const customer = skycrm.chain.customer_of(frm);
		return customer ? { filters: { customer: customer } } : {};
	});
};

// A copied document, or one that goes to another customer after all, must not count for the old customer's sale.
skycrm.chain.drop_foreign_opportunity = async function (frm) {
	const opportunity = frm.doc.sky_opportunity;
	const customer = skycrm.chain.customer_of(frm);
	if (
		!opportunity ||
		!customer ||
		frm.doc.docstatus !== 0 ||
		!frappe.model.can_read("Sky Opportunity")
	) {
		// Who may not read opportunities is told by the server on saving.
		return;
	}
	const answer = await frappe.db.get_value("Sky Opportunity", opportunity, "customer");
	const owner = answer.message && answer.message.customer;
	if (owner && owner !== customer && frm.doc.sky_opportunity === opportunity) {
		await frm.set_value({ sky_opportunity: null, sky_campaign: null });
		frappe.show_alert({
			message: __(
				"The link to opportunity {0} was removed: it belongs to another customer.",
				[frappe.utils.escape_html(opportunity).bold()]
			),
			indicator: "orange",
		});
	}
};

skycrm.chain.take_campaign = async function (frm) {
	if (!frm.doc.sky_opportunity || frm.doc.sky_campaign || frm.doc.docstatus !== 0) {
		return;
	}
	if (!frappe.model.can_read("Sky Opportunity")) {
		return;
	}
	const answer = await frappe.db.get_value(
		"Sky Opportunity",
		frm.doc.sky_opportunity,
		"campaign"
	);
	if (answer.message && answer.message.campaign && !frm.doc.sky_campaign) {
		frm.set_value("sky_campaign", answer.message.campaign);
	}
};

if (!skycrm.chain.registered) {
	skycrm.chain.registered = true;
	Object.entries(skycrm.chain.party_fields).forEach(([doctype, party_field]) => {
		const handlers = {
			setup: skycrm.chain.set_queries,
			sky_opportunity: skycrm.chain.take_campaign,
		};
		if (party_field) {
			handlers[party_field] = skycrm.chain.drop_foreign_opportunity;
		}
		frappe.ui.form.on(doctype, handlers);
	});
}

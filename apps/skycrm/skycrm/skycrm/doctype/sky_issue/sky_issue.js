frappe.ui.form.on("Sky Issue", {
	setup(frm) {
		frm.set_query("contact", () => {
			if (!frm.doc.customer) return {};
			return {
				query: "frappe.contacts.doctype.contact.contact.contact_query",
				filters: { link_doctype: "Customer", link_name: frm.doc.customer },
			};
		});
		frm.set_query("reference_name", () => {
			const filters = {};
			if (frm.doc.customer) {
				// A quotation names its customer in another field than the other documents.
				const field =
					frm.doc.reference_doctype === "Quotation" ? "party_name" : "customer";
				filters[field] = frm.doc.customer;
			}
			return { filters };
		});
		frm.set_query("serial_no", () => ({
			filters: frm.doc.item_code ? { item_code: frm.doc.item_code } : {},
		}));
		frm.set_query("service_level_agreement", () => ({
			filters: { document_type: "Sky Issue", enabled: 1 },
		}));
	},
	customer(frm) {
		frm.set_value("contact", null);
	},
	contact(frm) {
		if (!frm.doc.contact || frm.doc.raised_by) return;
		frappe.db.get_value("Contact", frm.doc.contact, "email_id").then(({ message }) => {
			if (message && message.email_id) frm.set_value("raised_by", message.email_id);
		});
	},
	reference_doctype(frm) {
		frm.set_value("reference_name", null);
	},
	before_workflow_action(frm) {
		if (
			frm.selected_workflow_action !== "Resolve" ||
			strip_html(frm.doc.resolution || "").trim()
		)
			return;
		return skycrm.ask_before_workflow(frm, {
			fieldname: "resolution",
			fieldtype: "Text Editor",
			label: __("Resolution"),
			title: __("How was the problem solved?"),
		});
	},
});

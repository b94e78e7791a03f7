frappe.ui.form.on("Sky Price List", {
	setup(frm) {
		frm.set_query("base_price_list", () => {
			const filters = { enabled: 1 };
			// A list that is for selling only is derived from a selling list, and so for buying.
			if (frm.doc.selling && !frm.doc.buying) filters.selling = 1;
			if (frm.doc.buying && !frm.doc.selling) filters.buying = 1;
			return { filters };
		});
		frm.set_query("item_code", "items", () => ({ filters: { disabled: 0 } }));
		frm.set_query("party", "applies_to", (doc, cdt, cdn) => {
			const row = locals[cdt][cdn];
			if (row.party_type === "Customer" || row.party_type === "Sky Customer Tier") {
				return { filters: { disabled: 0 } };
			}
			return {};
		});
	},
	refresh(frm) {
		frm.set_intro(
			__(
				"This price list can be prepared and approved here. In this version quotations and orders still take their prices from ERPNext's own price lists."
			),
			"orange"
		);
	},
	base_price_list(frm) {
		if (!frm.doc.base_price_list) frm.set_value("adjustment_type", "None");
	},
	adjustment_type(frm) {
		if (frm.doc.adjustment_type === "None") frm.set_value("adjustment_value", 0);
	},
});

frappe.ui.form.on("Sky Price List Party", {
	party_type(frm, cdt, cdn) {
		frappe.model.set_value(cdt, cdn, "party", null);
	},
});

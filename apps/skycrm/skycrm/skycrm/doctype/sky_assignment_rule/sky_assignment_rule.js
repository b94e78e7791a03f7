// Form of an assignment rule: fields to choose from in the conditions, and a trial that changes nothing.
frappe.ui.form.on("Sky Assignment Rule", {
	setup(frm) {
		const people = () => ({ filters: { enabled: 1, user_type: "System User" } });
		frm.set_query("user", "members", people);
		frm.set_query("fallback_user", people);
		frm.set_query("role", () => ({ filters: { disabled: 0, desk_access: 1 } }));
	},
	refresh(frm) {
		offer_fields(frm);
		frm.add_custom_button(__("Try This Rule"), () => try_rule(frm));
	},
});

frappe.ui.form.on("Sky Assignment Condition", {
	conditions_add: offer_fields,
	form_render: offer_fields,
});

// The fields of a lead, and what a lead has besides them.
function offer_fields(frm) {
	frappe.model.with_doctype("Sky Lead", () => {
		const extra = [
			["item_code", __("Product of Interest")],
			["item_group", __("Item Group of a Product of Interest")],
			["door", __("Door It Came By")],
		].map(([value, label]) => ({ value, label, description: value }));
		const options = [...extra, ...skycrm.filter_fields.options_of("Sky Lead")];
		const grid = frm.fields_dict.conditions.grid;
		grid.update_docfield_property("field_name", "options", options);
		(frm.doc.conditions || []).forEach((row) => {
			const grid_row = grid.grid_rows_by_docname[row.name];
			grid_row?.columns?.field_name?.field?.set_options?.();
		});
	});
}

function try_rule(frm) {
	const dialog = new frappe.ui.Dialog({
		title: __("Try This Rule"),
		fields: [
			{
				fieldname: "lead",
				fieldtype: "Link",
				options: "Sky Lead",
				label: __("Lead"),
				description: __("Or enter sample values below"),
			},
			{ fieldtype: "Section Break", depends_on: "eval:!doc.lead" },
			{
				fieldname: "source",
				fieldtype: "Link",
				options: "Sky Lead Source",
				label: __("Source"),
			},
			{ fieldname: "city", fieldtype: "Data", label: __("District or City") },
			{ fieldname: "score", fieldtype: "Int", label: __("Score") },
			{ fieldtype: "Column Break" },
			{
				fieldname: "territory",
				fieldtype: "Link",
				options: "Territory",
				label: __("Territory"),
			},
			{
				fieldname: "campaign",
				fieldtype: "Link",
				options: "Sky Campaign",
				label: __("Campaign"),
			},
			{
				fieldname: "item_code",
				fieldtype: "Link",
				options: "Item",
				label: __("Product of Interest"),
			},
			{ fieldtype: "Section Break" },
			{ fieldname: "answer", fieldtype: "HTML" },
		],
		primary_action_label: __("Try"),
		async primary_action({ lead, item_code, ...values }) {
			if (item_code) values.items = [{ item_code }];
			const answer = await frappe.xcall("skycrm.api.v1.assignment.try_rule", {
				rule: frm.doc,
				...(lead ? { lead } : { values }),
			});
			dialog.fields_dict.answer.$wrapper.html(
				answer.fits
					? skycrm.assignment_answer(answer)
					: `<p>${__("This rule is not for such a lead.")}</p>`
			);
		},
	});
	dialog.show();
}

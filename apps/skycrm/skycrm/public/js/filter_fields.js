// Offers the fields of a DocType in a table of filters (Sky Segment, Sky Sharing Rule), each row its own.
frappe.provide("skycrm.filter_fields");

// Nothing that has no value of its own, and nothing that the user may not see.
skycrm.filter_fields.is_offered = (field, doctype) =>
	!frappe.model.no_value_type.includes(field.fieldtype) &&
	!["Password", "Table", "Table MultiSelect"].includes(field.fieldtype) &&
	frappe.perm.has_perm(doctype, field.permlevel || 0, "read") &&
	!field.hidden;

skycrm.filter_fields.options_of = (doctype) =>
	frappe
		.get_meta(doctype)
		.fields.filter((field) => skycrm.filter_fields.is_offered(field, doctype))
		.map((field) => ({
			value: field.fieldname,
			label: __(field.label, null, doctype),
			description: field.fieldname,
		}));

skycrm.filter_fields.offer = (frm, table, doctype_of_row) => {
	const grid = frm.fields_dict[table] && frm.fields_dict[table].grid;
	if (!grid) return;
	for (const row of frm.doc[table] || []) {
		const doctype = doctype_of_row(row);
		// A user without the right to read the DocType can still type a field name; the server checks it.
		if (!doctype || !frappe.model.can_read(doctype)) continue;
		frappe.model.with_doctype(doctype, () => {
			frm.set_df_property(
				table,
				"options",
				skycrm.filter_fields.options_of(doctype),
				frm.docname,
				"field_name",
				row.name
			);
			const grid_row = grid.grid_rows_by_docname && grid.grid_rows_by_docname[row.name];
			const control = grid_row && grid_row.columns && grid_row.columns.field_name;
			if (control && control.field && control.field.set_options) control.field.set_options();
		});
	}
};

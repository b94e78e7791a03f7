frappe.query_reports["Access Audit"] = {
	// Names, reasons and filters are what people typed; the framework shows such a column as HTML.
	formatter(value, row, column, data, default_formatter) {
		const is_text = column.fieldtype === "Data";
		const linked = column.fieldname === "document_name" ? data?.document_type : column.options;
		const opens = !is_text && frappe.model.can_read(linked);
		const is_link = ["Link", "Dynamic Link"].includes(column.fieldtype);
		if (is_text || (is_link && !opens)) return frappe.utils.escape_html(value || "");
		return default_formatter(value, row, column, data);
	},
	filters: [
		{
			fieldname: "from_date",
			label: __("From"),
			fieldtype: "Date",
			default: frappe.datetime.add_days(frappe.datetime.get_today(), -7),
		},
		{ fieldname: "to_date", label: __("To"), fieldtype: "Date" },
		{ fieldname: "user", label: __("User"), fieldtype: "Link", options: "User" },
		{
			fieldname: "action",
			label: __("Action"),
			fieldtype: "Select",
			options: [
				{ value: "", label: "" },
				...[
					"Viewed",
					"Exported",
					"Export Refused",
					"Printed",
					"Shared by Hand",
					"Share Taken Back",
					"Owner Changed",
					"Rights Changed",
					"Deleted",
					"Signed In As",
					"Written As",
				].map((value) => ({ value, label: __(value) })),
			],
		},
		{
			fieldname: "document_type",
			label: __("Document Type"),
			fieldtype: "Link",
			options: "DocType",
		},
		{ fieldname: "record", label: __("Record"), fieldtype: "Data" },
		{ fieldname: "limit", label: __("Lines, at Most"), fieldtype: "Int", default: 500 },
	],
};

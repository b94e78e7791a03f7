frappe.query_reports["Overdue Follow-ups"] = {
	filters: [
		{
			fieldname: "document_type",
			label: __("Type"),
			fieldtype: "Select",
			options: [
				{ value: "", label: __("All") },
				{ value: "Sky Lead", label: __("Sky Lead") },
				{ value: "Sky Opportunity", label: __("Sky Opportunity") },
			],
		},
		{ fieldname: "owner", label: __("Owner"), fieldtype: "Link", options: "User" },
		{ fieldname: "team", label: __("Team"), fieldtype: "Link", options: "Sky Team" },
		{ fieldname: "days_late", label: __("Days Late, at Least"), fieldtype: "Int" },
	],
	formatter(value, row, column, data, default_formatter) {
		const shown = default_formatter(value, row, column, data);
		if (column.fieldname === "document_type" || column.fieldname === "status")
			return frappe.utils.escape_html(__(value));
		// A week without an answer is where a prospect is lost.
		if (column.fieldname === "days_late" && data && data.days_late > 7) {
			return `<span class="text-danger">${shown}</span>`;
		}
		return shown;
	},
};

frappe.query_reports["Sales Pipeline by Stage"] = {
	filters: [
		{
			fieldname: "company",
			label: __("Company"),
			fieldtype: "Link",
			options: "Company",
			default: frappe.defaults.get_user_default("Company"),
		},
		{
			fieldname: "status",
			label: __("Status"),
			fieldtype: "Select",
			options: [
				{ value: "Open", label: __("Open") },
				{ value: "Won", label: __("Won") },
				{ value: "Lost", label: __("Lost") },
			],
			default: "Open",
		},
		{
			fieldname: "opportunity_owner",
			label: __("Owner"),
			fieldtype: "Link",
			options: "User",
		},
		{ fieldname: "team", label: __("Team"), fieldtype: "Link", options: "Sky Team" },
		{
			fieldname: "source",
			label: __("Source"),
			fieldtype: "Link",
			options: "Sky Lead Source",
		},
		{ fieldname: "from_date", label: __("Closing From"), fieldtype: "Date" },
		{ fieldname: "to_date", label: __("Closing To"), fieldtype: "Date" },
	],
	formatter(value, row, column, data, default_formatter) {
		if (!data || !data.is_total) return default_formatter(value, row, column, data);
		// The sum is no record to open.
		const shown =
			column.fieldname === "stage"
				? frappe.utils.escape_html(value)
				: default_formatter(value, row, column, data);
		return `<b>${shown}</b>`;
	},
};

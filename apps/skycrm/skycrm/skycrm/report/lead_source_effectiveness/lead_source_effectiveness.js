frappe.query_reports["Lead Source Effectiveness"] = {
	filters: [
		{
			fieldname: "company",
			label: __("Company"),
			fieldtype: "Link",
			options: "Company",
			default: frappe.defaults.get_user_default("Company"),
		},
		{ fieldname: "from_date", label: __("From Date"), fieldtype: "Date" },
		{ fieldname: "to_date", label: __("To Date"), fieldtype: "Date" },
		{ fieldname: "owner", label: __("Owner"), fieldtype: "Link", options: "User" },
		{ fieldname: "team", label: __("Team"), fieldtype: "Link", options: "Sky Team" },
		{
			fieldname: "campaign",
			label: __("Campaign"),
			fieldtype: "Link",
			options: "Sky Campaign",
		},
	],
	formatter(value, row, column, data, default_formatter) {
		if (!data || !data.is_total) return default_formatter(value, row, column, data);
		// The sum is no record to open.
		const shown =
			column.fieldname === "source"
				? frappe.utils.escape_html(value)
				: default_formatter(value, row, column, data);
		return `<b>${shown}</b>`;
	},
};

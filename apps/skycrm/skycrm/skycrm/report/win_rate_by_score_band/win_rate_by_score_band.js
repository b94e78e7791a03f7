frappe.query_reports["Win Rate by Score Band"] = {
	filters: [
		{ fieldname: "from_date", label: __("Made From"), fieldtype: "Date" },
		{ fieldname: "to_date", label: __("Made To"), fieldtype: "Date" },
		{
			fieldname: "width",
			label: __("Width of a Band"),
			fieldtype: "Select",
			options: "5\n10\n20\n25\n50",
			default: "20",
		},
		{ fieldname: "owner", label: __("Owner"), fieldtype: "Link", options: "User" },
		{ fieldname: "team", label: __("Team"), fieldtype: "Link", options: "Sky Team" },
		{
			fieldname: "source",
			label: __("Source"),
			fieldtype: "Link",
			options: "Sky Lead Source",
		},
		{
			fieldname: "campaign",
			label: __("Campaign"),
			fieldtype: "Link",
			options: "Sky Campaign",
		},
	],
	formatter(value, row, column, data, default_formatter) {
		const shown = default_formatter(value, row, column, data);
		return data && data.is_total ? `<b>${shown}</b>` : shown;
	},
};

frappe.views.calendar["Sky Campaign"] = {
	fields: ["name", "campaign_name", "start_on", "end_on", "status", "channel"],
	field_map: {
		start: "start_on",
		end: "end_on",
		id: "name",
		title: "campaign_name",
		status: "status",
	},
	style_map: {
		Draft: "info",
		"Pending Approval": "warning",
		Approved: "success",
		Running: "success",
		Paused: "warning",
		Completed: "standard",
		Cancelled: "danger",
	},
	gantt: false,
	get_events_method: "frappe.desk.calendar.get_events",
};

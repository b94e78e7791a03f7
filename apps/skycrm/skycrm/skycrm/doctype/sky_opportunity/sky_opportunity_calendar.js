// Expected closings on a calendar; dragging one moves the day.
frappe.views.calendar["Sky Opportunity"] = {
	field_map: {
		id: "name",
		start: "expected_closing",
		end: "ends_on",
		title: "title",
		allDay: "all_day",
		tooltip: "tooltip",
	},
	get_css_class: ({ status }) => ({ Open: "blue", Won: "green", Lost: "gray" })[status],
	get_events_method: "skycrm.api.v1.calendar.get_closings",
	update_event_method: "skycrm.api.v1.calendar.move",
};

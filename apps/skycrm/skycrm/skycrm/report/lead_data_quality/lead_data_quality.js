const CHECKS = () => [
	{ value: "", label: __("Overview") },
	{ value: "no_contact", label: __("No way to reach") },
	{ value: "no_name", label: __("No name") },
	{ value: "no_source", label: __("No source") },
	{ value: "no_owner", label: __("No owner") },
	{ value: "invalid", label: __("Values that are not valid") },
	{ value: "stale", label: __("Nothing happened for long") },
	{ value: "overdue", label: __("Next contact long overdue") },
	{ value: "same_email", label: __("Same email") },
	{ value: "same_phone", label: __("Same phone number") },
	{ value: "same_tax", label: __("Same tax code") },
	{ value: "same_name", label: __("Same name and organization") },
];
const QUALITY_API = "skycrm.api.v1.data_quality";

frappe.query_reports["Lead Data Quality"] = {
	filters: [
		{ fieldname: "check", label: __("Finding"), fieldtype: "Select", options: CHECKS() },
		{ fieldname: "owner", label: __("Owner"), fieldtype: "Link", options: "User" },
		{ fieldname: "team", label: __("Team"), fieldtype: "Link", options: "Sky Team" },
		{
			fieldname: "source",
			label: __("Source"),
			fieldtype: "Link",
			options: "Sky Lead Source",
		},
		{
			fieldname: "stale_days",
			label: __("Nothing Happened for Days"),
			fieldtype: "Int",
			default: 60,
		},
		{ fieldname: "late_days", label: __("Overdue for Days"), fieldtype: "Int", default: 7 },
	],

	get_datatable_options(options) {
		return Object.assign(options, { checkboxColumn: true });
	},

	formatter(value, row, column, data, default_formatter) {
		const shown = default_formatter(value, row, column, data);
		if (column.fieldname === "finding" && data?.check && data.leads) {
			return `<a class="skycrm-drill" style="text-decoration: underline" data-check="${frappe.utils.escape_html(data.check)}" href="#">${shown}</a>`;
		}
		if (column.fieldname === "status")
			return frappe.utils.escape_html(__(value, null, "Sky Lead"));
		return shown;
	},

	onload(report) {
		frappe.require([
			"/assets/skycrm/js/skycrm/outcomes.js",
			"/assets/skycrm/js/skycrm/unqualify.js",
			"/assets/skycrm/js/skycrm/duplicate_hints.js",
			"/assets/skycrm/js/skycrm/lead_merge.js",
		]);
		report.page.wrapper.on("click", ".skycrm-drill", (event) => {
			event.preventDefault();
			report.set_filter_value("check", event.currentTarget.dataset.check);
		});
		if (!frappe.model.can_write("Sky Lead")) return;
		const repair = __("Repair");
		const buttons = [
			[__("Merge Selected"), () => merge_selected(report)],
			[__("Set Source"), () => set_value(report, "source", "Sky Lead Source", __("Source"))],
			[__("Set Owner"), () => set_value(report, "lead_owner", "User", __("Owner"))],
			[
				__("Set Territory"),
				() => set_value(report, "territory", "Territory", __("Territory")),
			],
			[__("Mark Unqualified"), () => give_up(report)],
			[__("Normalise Numbers and Addresses"), () => normalise(report)],
			[__("Merge All Sure Groups"), () => merge_sure(report)],
		];
		buttons.forEach(([label, action]) => report.page.add_inner_button(label, action, repair));
	},
};

function selected(report, least = 1) {
	const rows = checked(report);
	const leads = [...new Set(rows.map((row) => row.name).filter(Boolean))];
	if (leads.length >= least) return leads;
	frappe.msgprint({
		title: __("Nothing selected"),
		message: report.get_filter_value("check")
			? __("Select at least {0} leads by the boxes on the left.", [least])
			: __("Click a finding first to see its leads, then select some of them."),
		indicator: "orange",
	});
	return null;
}

function checked(report) {
	const rows = report.datatable?.rowmanager.getCheckedRows() || [];
	return rows.map((index) => report.data[index]).filter(Boolean);
}

function merge_selected(report) {
	const leads = selected(report, 2);
	if (leads) skycrm.lead_merge.open(leads, { done: () => report.refresh() });
}

async function give_up(report) {
	const leads = selected(report);
	if (!leads) return;
	const reason = await skycrm.unqualify.ask(__("Why are {0} leads given up?", [leads.length]));
	told(report, await frappe.xcall(skycrm.unqualify.METHOD, { leads, reason }));
}

function set_value(report, field, doctype, label) {
	const leads = selected(report);
	if (!leads) return;
	frappe.prompt(
		{ fieldname: "value", fieldtype: "Link", options: doctype, label, reqd: 1 },
		async ({ value }) => {
			told(report, await frappe.xcall(`${QUALITY_API}.set_values`, { leads, field, value }));
		},
		__("Set {0} of {1} leads", [label, leads.length]),
		__("Set")
	);
}

function normalise(report) {
	const leads = checked(report).map((row) => row.name);
	frappe.confirm(
		leads.length
			? __("Write numbers, addresses and tax codes of {0} leads in today's form?", [
					leads.length,
				])
			: __(
					"Write numbers, addresses and tax codes of all leads in today's form? Old 11-digit mobile numbers become 10-digit ones."
				),
		async () => show_repair(await frappe.xcall(`${QUALITY_API}.normalise`, { leads }))
	);
}

function merge_sure() {
	frappe.confirm(
		__(
			"Merge all leads that share an email or phone number and whose names agree? Each merge can be undone by itself."
		),
		async () => show_repair(await frappe.xcall(`${QUALITY_API}.merge_sure_groups`))
	);
}

function told(report, answer) {
	if (answer.repair) show_repair(answer);
	else if (answer.queued) {
		frappe.show_alert({
			message: __(
				"The records are changed in the background. You are told when it is done."
			),
			indicator: "blue",
		});
	} else {
		skycrm.outcomes.show("Sky Lead", answer.outcomes);
		report.refresh();
	}
}

function show_repair(answer) {
	frappe.set_route("Form", "Sky Data Repair", answer.repair);
}

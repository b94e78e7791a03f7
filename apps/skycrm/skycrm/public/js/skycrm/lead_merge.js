// Merging leads: all of them side by side, a choice for each field, what moves, and the way back.
frappe.provide("skycrm.lead_merge");

skycrm.lead_merge.API = "skycrm.api.v1.leads";
skycrm.lead_merge.MOST = 5;

skycrm.lead_merge.open = (leads, options = {}) => {
	const names = [...new Set(leads)];
	if (names.length < 2 || names.length > skycrm.lead_merge.MOST) {
		frappe.msgprint({
			title: __("Merge Leads"),
			message: __("Select 2 to {0} leads that are the same person.", [
				skycrm.lead_merge.MOST,
			]),
			indicator: "orange",
		});
		return null;
	}
	return new skycrm.lead_merge.Dialog(names, options);
};

skycrm.lead_merge.Dialog = class {
	constructor(leads, { primary, done } = {}) {
		this.leads = leads;
		this.primary = primary || null;
		this.done = done;
		this.choices = {};
		this.only_differences = true;
		this.asked = 0;
		this.dialog = new frappe.ui.Dialog({
			title: __("Merge Leads"),
			size: "extra-large",
			fields: [{ fieldname: "body", fieldtype: "HTML" }],
			primary_action_label: __("Merge"),
			primary_action: () => this.merge(),
			secondary_action_label: __("Cancel"),
			secondary_action: () => this.dialog.hide(),
		});
		this.dialog.$wrapper.addClass("skycrm-merge");
		this.$body = this.dialog.fields_dict.body.$wrapper;
		this.$body.html(`<p class="text-muted">${__("Comparing the leads")}…</p>`);
		this.dialog.get_primary_btn().prop("disabled", true);
		this.dialog.show();
		this.preview();
	}

	async preview() {
		const number = ++this.asked;
		const shown = await frappe.xcall(`${skycrm.lead_merge.API}.preview_merge`, {
			leads: this.leads,
			primary: this.primary,
			choices: this.choices,
		});
		// An answer that comes after a later question is out of date.
		if (number !== this.asked) return;
		this.shown = shown;
		this.primary = shown.primary;
		this.draw();
	}

	draw() {
		const focused = document.activeElement?.getAttribute("data-key");
		this.dialog.get_primary_btn().prop("disabled", !this.shown.ready);
		this.$body.html([this.problems(), this.toggle(), this.table(), this.summary()].join(""));
		this.$body.find("input[name=skycrm-stays]").on("change", (event) => {
			this.primary = event.target.value;
			this.preview();
		});
		this.$body.find("input[data-field]").on("change", (event) => {
			this.choices[event.target.dataset.field] = event.target.value;
			this.preview();
		});
		this.$body.find(".skycrm-only-differences").on("change", (event) => {
			this.only_differences = event.target.checked;
			this.draw();
		});
		// Whoever goes through the table by the keyboard stays where they were.
		if (focused)
			this.$body
				.find("[data-key]")
				.filter((_i, e) => e.dataset.key === focused)
				.trigger("focus");
	}

	problems() {
		// Sentences of the server, made for HTML.
		return this.shown.problems
			.map((text) => `<div class="alert alert-warning" role="alert">${text}</div>`)
			.join("");
	}

	toggle() {
		return `<label style="margin-bottom: var(--margin-sm)">
			<input type="checkbox" class="skycrm-only-differences" data-key="toggle"
				${this.only_differences ? "checked" : ""}>
			${__("Only what differs")}</label>`;
	}

	table() {
		const rows = this.shown.fields.filter((row) => row.differs || !this.only_differences);
		return `<div style="overflow-x: auto"><table class="table table-sm table-bordered">
			<thead><tr><th scope="col" style="width: 28%">${__("The lead that stays")}</th>
				${this.shown.records.map((record) => this.head(record)).join("")}</tr></thead>
			<tbody>${rows.map((row) => this.row(row)).join("")}</tbody></table></div>`;
	}

	head(record) {
		const escape = frappe.utils.escape_html;
		return `<th scope="col" style="min-width: 180px"><label style="margin: 0; font-weight: normal">
			<input type="radio" name="skycrm-stays" value="${escape(record.name)}"
				data-key="stays ${escape(record.name)}" ${record.name === this.primary ? "checked" : ""}>
			<b>${escape(record.title)}</b></label>
			<div class="small"><a href="${frappe.utils.get_form_link("Sky Lead", record.name)}"
				target="_blank">${escape(record.name)}</a></div>
			<div class="small text-muted">${escape(
				[record.status_label, record.owner].filter(Boolean).join(" · ")
			)}<br>${__("Created {0}", [frappe.datetime.str_to_user(record.creation.slice(0, 10))])}</div></th>`;
	}

	row(row) {
		const escape = frappe.utils.escape_html;
		const cells = this.shown.records.map((record) => {
			const value = row.values[record.name];
			const text = value ? escape(value) : `<span class="text-muted">${__("empty")}</span>`;
			const chosen = row.chosen === record.name;
			const style = chosen ? "background: var(--control-bg); font-weight: 600" : "";
			if (!row.choosable || !row.differs) return `<td style="${style}">${text}</td>`;
			return `<td style="${style}"><label class="d-flex align-items-baseline" style="gap: 6px; margin: 0; font-weight: inherit">
				<input type="radio" name="skycrm-${row.fieldname}" data-field="${row.fieldname}"
					data-key="${row.fieldname} ${escape(record.name)}" value="${escape(record.name)}"
					${chosen ? "checked" : ""}><span style="overflow-wrap: anywhere">${text}</span></label></td>`;
		});
		const note = row.note ? `<div class="small text-muted">${escape(row.note)}</div>` : "";
		return `<tr data-fieldname="${row.fieldname}"><th scope="row" style="font-weight: normal">${escape(
			row.label
		)}${note}</th>${cells.join("")}</tr>`;
	}

	summary() {
		const escape = frappe.utils.escape_html;
		const moves = this.shown.moves.map(
			(move) => `${escape(move.label)}: <b>${cint(move.count)}</b>`
		);
		const tables = this.shown.tables
			.filter((table) => table.added || table.doubles)
			.map((table) =>
				__("{0}: {1} rows are added, {2} are there already", [
					escape(table.label),
					cint(table.added),
					cint(table.doubles),
				])
			);
		const lines = [
			moves.length
				? __("Moves to the lead that stays: {0}", [moves.join(", ")])
				: __("Nothing hangs on the other leads."),
			...tables,
			this.shown.undoable
				? __(
						"The merge can be undone until the lead is converted, merged again, or what moved is changed."
					)
				: `<span class="text-danger">${__(
						"There is too much to write down: this merge cannot be undone."
					)}</span>`,
		];
		return `<div class="skycrm-merge-summary">${lines.map((line) => `<div>${line}</div>`).join("")}</div>`;
	}

	async merge() {
		const button = this.dialog.get_primary_btn();
		button.prop("disabled", true);
		try {
			const lead = await frappe.xcall(`${skycrm.lead_merge.API}.merge`, {
				primary: this.primary,
				duplicates: this.leads.filter((name) => name !== this.primary),
				choices: this.choices,
			});
			this.dialog.hide();
			frappe.show_alert({
				message: __("{0} leads are one lead now.", [this.leads.length]),
				indicator: "green",
			});
			this.leads.forEach((name) => frappe.model.clear_doc("Sky Lead", name));
			if (this.done) this.done(lead);
			else frappe.set_route("Form", "Sky Lead", lead.name);
		} finally {
			button.prop("disabled", false);
		}
	}
};

skycrm.lead_merge.undo = (lead, ledger, done) =>
	frappe.confirm(
		__(
			"Undo the merge? The leads stand by themselves again, with everything that hung on them."
		),
		async () => {
			const answer = await frappe.xcall(`${skycrm.lead_merge.API}.undo_merge`, {
				lead,
				ledger,
			});
			frappe.show_alert({
				message: __("{0} leads are back.", [answer.restored.length]),
				indicator: "green",
			});
			done(answer);
		}
	);

// The form's menu
// ---------------

skycrm.lead_merge.find = async (frm) => {
	const args = {};
	["email_id", "mobile_no", "phone", "tax_id", "lead_name", "organization"].forEach((name) => {
		if (frm.doc[name]) args[name] = frm.doc[name];
	});
	const found = await frappe.xcall(`${skycrm.lead_merge.API}.find_duplicates`, {
		...args,
		exclude: frm.doc.name,
		limit: 20,
	});
	const leads = found.filter((row) => row.doctype === "Sky Lead");
	if (!leads.length) {
		frappe.msgprint({
			title: __("Find Duplicates"),
			message: __(
				"No other lead that you may see has the same email, number, tax code or name."
			),
			indicator: "green",
		});
		return;
	}
	const labels = skycrm.duplicate_hints.labels();
	const dialog = new frappe.ui.Dialog({
		title: __("Find Duplicates"),
		fields: [
			{
				fieldname: "leads",
				fieldtype: "MultiCheck",
				label: __("Which of these are the same person?"),
				columns: 1,
				options: leads.map((row) => ({
					label: `${frappe.utils.escape_html(row.title)} (${row.name}) · ${[
						...new Set(row.matched_on.map((field) => labels[field] || field)),
					].join(", ")}`,
					value: row.name,
					checked: row.confidence >= 85 ? 1 : 0,
				})),
			},
		],
		primary_action_label: __("Compare and Merge"),
		primary_action({ leads: chosen }) {
			const opened = skycrm.lead_merge.open([frm.doc.name, ...(chosen || [])], {
				primary: frm.doc.status === "Converted" ? frm.doc.name : null,
				done: (lead) => show_merged(frm, lead.name),
			});
			if (opened) dialog.hide();
		},
	});
	dialog.show();
};

skycrm.lead_merge.undo_last = async (frm) => {
	const merges = await frappe.xcall(`${skycrm.lead_merge.API}.merges_of`, {
		lead: frm.doc.name,
	});
	if (!merges.length) {
		frappe.msgprint(__("No lead was merged into this one, or it was undone already."));
		return;
	}
	skycrm.lead_merge.undo(frm.doc.name, merges[0].ledger, () => frm.reload_doc());
};

function show_merged(frm, name) {
	if (name === frm.doc.name) frm.reload_doc();
	else frappe.set_route("Form", "Sky Lead", name);
}

// The list
// --------

skycrm.lead_merge.add_to_list = (listview) => {
	if (!frappe.model.can_write("Sky Lead")) return;
	listview.page.add_actions_menu_item(
		__("Merge"),
		() =>
			skycrm.lead_merge.open(listview.get_checked_items(true), {
				done: () => {
					listview.clear_checked_items();
					skycrm.outcomes.refresh(listview);
				},
			}),
		false
	);
};

// This file belongs to the form and to the list, and is read by both.
if (!skycrm.lead_merge.listening) {
	skycrm.lead_merge.listening = true;
	frappe.ui.form.on("Sky Lead", {
		refresh(frm) {
			if (frm.is_new() || !frm.perm[0]?.write) return;
			frm.page.add_menu_item(__("Find Duplicates"), () => skycrm.lead_merge.find(frm));
			frm.page.add_menu_item(__("Undo Merge"), () => skycrm.lead_merge.undo_last(frm));
		},
	});
	// The number of a lead that was merged away leads to the one that it is part of.
	$(document).on("page-change", async () => {
		const [view, doctype, name] = frappe.get_route();
		if (view !== "Form" || doctype !== "Sky Lead" || !name) return;
		// Only the page that says that there is no such lead goes by the name of its route.
		if (frappe.get_doc("Sky Lead", name) || !frappe.pages[frappe.get_route_str()]) return;
		const { lead } = await frappe.xcall(`${skycrm.lead_merge.API}.merged_into`, {
			lead: name,
		});
		if (!lead) return;
		frappe.show_alert({
			message: __("Lead {0} was merged into lead {1}.", [
				frappe.utils.escape_html(name),
				frappe.utils.escape_html(lead),
			]),
			indicator: "blue",
		});
		frappe.route_flags.replace_route = true;
		frappe.set_route("Form", "Sky Lead", lead);
	});
}

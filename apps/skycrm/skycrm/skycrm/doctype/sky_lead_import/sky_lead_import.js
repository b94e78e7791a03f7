// An import from the file to the leads: columns with a preview, dry run, progress, what became of each row.

const API = "skycrm.api.v1.lead_import";
const BEFORE_START = ["Draft", "Checked"];
const BUSY = ["Checking", "Queued", "Running"];

frappe.ui.form.on("Sky Lead Import", {
	setup(frm) {
		frm.set_query("source", () => ({ filters: { enabled: 1 } }));
		frm.set_query("lead_owner", () => ({ filters: { enabled: 1, user_type: "System User" } }));
		frappe.realtime.on("skycrm_import", (told) => {
			if (told.name !== frm.doc.name) return;
			// Numbers of a chunk, or the word that the status has moved.
			if (told.done === undefined) frm.reload_doc();
			else show_progress(frm, told.done, told.total);
		});
	},

	onload(frm) {
		const field = frm.get_field("file");
		field.df.options = {
			restrictions: {
				allowed_file_types: [".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".vcf"],
			},
		};
	},

	refresh(frm) {
		const { status } = frm.doc;
		frm.set_df_property("policy", "read_only", BEFORE_START.includes(status) ? 0 : 1);
		if (!BEFORE_START.includes(status)) frm.disable_save();
		else frm.enable_save();
		frm.get_field("preview_html").$wrapper.empty();
		frm.get_field("outcome_html").$wrapper.empty();
		if (frm.is_new()) {
			frm.set_intro(
				__(
					"Choose the file and save. The columns are shown next; nothing is imported before you start it."
				),
				"blue"
			);
			return;
		}
		add_buttons(frm);
		add_intro(frm);
		if (BUSY.includes(status)) watch(frm);
		if (BEFORE_START.includes(status)) show_preview(frm);
		if (status !== "Draft") show_outcome(frm);
	},
});

function add_buttons(frm) {
	const { status } = frm.doc;
	const call = (method) => () =>
		frappe
			.call({ method: `${API}.${method}`, args: { name: frm.doc.name }, freeze: true })
			.then(() => frm.reload_doc());
	const saved = (step) => () => (frm.is_dirty() ? frm.save().then(step) : step());
	if (BEFORE_START.includes(status)) {
		frm.add_custom_button(__("Dry Run"), saved(call("dry_run")));
		frm.add_custom_button(
			__("Start Import"),
			saved(() => ask_to_start(frm, call("start")))
		).addClass("btn-primary");
	}
	if (BUSY.includes(status)) frm.add_custom_button(__("Stop"), call("stop"));
	if (["Stopped", "Failed"].includes(status)) {
		frm.add_custom_button(__("Resume"), call("resume")).addClass("btn-primary");
	}
	if (!["Draft", "Checking"].includes(status)) add_downloads(frm);
}

function ask_to_start(frm, start) {
	frappe.confirm(
		frm.doc.status === "Checked"
			? __("Import this list? {0} will be made, {1} noted on known people, {2} refused.", [
					frm.doc.made,
					frm.doc.merged,
					frm.doc.refused,
				])
			: __(
					"Import this list without a dry run? Rows that cannot be taken are listed afterwards."
				),
		start
	);
}

function add_downloads(frm) {
	const link = (kind, format) => () =>
		window.open(
			`/api/method/${API}.download_outcome?${new URLSearchParams({
				name: frm.doc.name,
				kind,
				file_format: format,
			})}`
		);
	const group = __("Download");
	if (frm.doc.refused) {
		frm.add_custom_button(__("Rows to Fix (XLSX)"), link("refused", "xlsx"), group);
		frm.add_custom_button(__("Rows to Fix (CSV)"), link("refused", "csv"), group);
	}
	frm.add_custom_button(__("All Outcomes (XLSX)"), link("all", "xlsx"), group);
	frm.add_custom_button(__("All Outcomes (CSV)"), link("all", "csv"), group);
}

function add_intro(frm) {
	const { status, message, made, merged, skipped, refused, similar } = frm.doc;
	const alike = similar
		? __("{0} of them look like somebody who is there already: see Outcome, Look-Alikes.", [
				similar,
			])
		: "";
	frm.set_intro("");
	if (message) {
		frm.set_intro(frappe.utils.escape_html(message), "red");
	} else if (status === "Checked") {
		frm.set_intro(
			`${__(
				"Dry run: {0} would be made, {1} noted on known people, {2} skipped, {3} refused. Nothing was written.",
				[made, merged, skipped, refused]
			)} ${alike}`,
			refused || similar ? "orange" : "green"
		);
	} else if (status === "Done") {
		frm.set_intro(
			`${__("Done: {0} made, {1} noted on known people, {2} skipped, {3} refused.", [
				made,
				merged,
				skipped,
				refused,
			])} ${alike}`,
			refused || similar ? "orange" : "green"
		);
	} else if (BUSY.includes(status)) {
		frm.set_intro(
			__("The rows are being read. You may leave this page; the work goes on."),
			"blue"
		);
	}
}

function show_progress(frm, done, total) {
	if (!frm.dashboard) return;
	const percent = total ? Math.min((done * 100) / total, 100) : 0;
	frm.dashboard.show_progress(
		__("Progress"),
		percent,
		__("{0} of {1} rows", [format_number(done, null, 0), format_number(total, null, 0)])
	);
}

// Events may get lost on the way; the document itself is asked now and then.
function watch(frm) {
	const { made, merged, skipped, refused, total_rows } = frm.doc;
	show_progress(frm, made + merged + skipped + refused, total_rows);
	clearTimeout(frm.skycrm_watch);
	const { name } = frm.doc;
	frm.skycrm_watch = setTimeout(() => {
		const shown = frappe.get_route();
		if (frm.doc.name === name && shown[0] === "Form" && shown[2] === name) frm.reload_doc();
	}, 3000);
}

// Columns
// -------

function show_preview(frm) {
	const { name } = frm.doc;
	return frappe
		.call({ method: `${API}.preview`, args: { name } })
		.then(({ message }) => frm.doc.name === name && draw_preview(frm, message))
		.catch(() => {
			// The server has said why; the settings below may help.
			frm.get_field("preview_html").$wrapper.html(
				`<p class="text-danger">${__("The file cannot be read. See How the File Is Read below.")}</p>`
			);
		});
}

function draw_preview(frm, shown) {
	const escape = frappe.utils.escape_html;
	const $wrapper = frm.get_field("preview_html").$wrapper.empty();
	const facts = [
		shown.program && __("Export of {0}", [shown.program]),
		shown.encoding,
		shown.delimiter && __("Delimiter: {0}", [__(shown.delimiter)]),
		shown.header_line && __("Headers in line {0}", [shown.header_line]),
		shown.date_order && __(shown.date_order),
	].filter(Boolean);
	$wrapper.append(`<p class="text-muted">${facts.map(escape).join(" · ")}</p>`);
	shown.warnings.forEach((text) =>
		$wrapper.append(`<div class="alert alert-warning">${escape(text)}</div>`)
	);
	const undecided = shown.columns.filter((column) => !column.why).length;
	if (undecided) {
		$wrapper.append(
			`<p>${__(
				"{0} columns were not recognised. Choose a field above each column that you need.",
				[undecided]
			)}</p>`
		);
	}
	$wrapper.append(draw_table(shown));
	$wrapper.append(
		`<p class="text-muted">${
			shown.refused
				? __(
						"Of the first {0} rows {1} would be refused. A dry run looks at all of them.",
						[shown.looked_at, shown.refused]
					)
				: __(
						"None of the first {0} rows would be refused. A dry run looks at all of them.",
						[shown.looked_at]
					)
		}</p>`
	);
	$wrapper.find("select").on("change", () => save_columns(frm, $wrapper));
}

function draw_table(shown) {
	const escape = frappe.utils.escape_html;
	const heads = shown.columns.map((column) => {
		const options = shown.fields
			.map(
				({ value, label }) =>
					`<option value="${escape(value)}" ${value === column.field ? "selected" : ""}>${escape(
						label
					)}</option>`
			)
			.join("");
		return `<th style="min-width: 150px">
			<div class="ellipsis" title="${escape(column.header)}">${escape(column.header) || "&nbsp;"}</div>
			<select class="form-control input-xs" data-position="${column.position}"
				aria-label="${escape(__("Field for column {0}", [column.header || column.position]))}">${options}</select>
			<div class="text-muted small">${escape(why_words(column))}</div>
		</th>`;
	});
	const rows = shown.rows.map((row) => {
		const bad = new Map(row.problems.map(({ column, text }) => [column, text]));
		const cells = row.cells.map((cell, index) => {
			const text = row.outcome === "Refused" && bad.get(index + 1);
			return `<td class="${text ? "table-danger" : ""}" title="${escape(text || "")}">${escape(cell)}</td>`;
		});
		const said = row.problems.map(({ text }) => text).join(" ");
		return `<tr class="${row.outcome === "Refused" ? "text-danger" : ""}">
			<td class="text-muted">${row.line}</td>
			<td style="min-width: 240px"><b>${escape(__(row.outcome))}</b> ${escape(said)}
				${look_alikes(row.looks_like)}</td>
			${cells.join("")}
		</tr>`;
	});
	return `<div style="overflow-x: auto"><table class="table table-bordered small skycrm-import-preview">
		<thead><tr><th>${__("Line")}</th><th>${__("Outcome")}</th>${heads.join("")}</tr></thead>
		<tbody>${rows.join("")}</tbody>
	</table></div>`;
}

function why_words(column) {
	return (
		{
			saved: __("As last time"),
			own: __("By its name"),
			header: __("By its name"),
			similar: __("By a similar name"),
			content: __("By what is in it"),
			chosen: __("Chosen by you"),
		}[column.why] || ""
	);
}

function save_columns(frm, $wrapper) {
	const fields = $wrapper
		.find("select")
		.toArray()
		.map((select) => select.value);
	const write = () =>
		frappe
			.call({
				method: `${API}.set_columns`,
				args: { name: frm.doc.name, fields },
				freeze: true,
			})
			// The server has refused: the table shows again what is stored.
			.always(() => frm.reload_doc());
	return frm.is_dirty() ? frm.save().then(write) : write();
}

// Whom a row looks like: a hint, the row is made all the same.
function look_alikes(found) {
	return found
		.map(
			(one) =>
				`<div class="skycrm-look-alike" style="color: var(--orange-700)">${look_alike(one)}</div>`
		)
		.join("");
}

function look_alike({ on, doctype, name, title, line }) {
	const escape = frappe.utils.escape_html;
	if (line) return __("Looks like line {0}", [line]);
	const record = `<a href="${frappe.utils.get_form_link(doctype, name)}" target="_blank" style="text-decoration: underline">${escape(
		title
	)}</a> <span class="text-muted">${escape(__(doctype))} ${escape(name)}</span>`;
	return on === "organization"
		? __("Same organization as {0}", [record])
		: __("Looks like {0}", [record]);
}

// Outcome
// -------

function first_kind({ refused, similar }) {
	if (refused) return "Refused";
	return similar ? "Similar" : "";
}

function show_outcome(frm, kind = first_kind(frm.doc), start = 0) {
	const { name } = frm.doc;
	return frappe
		.call({ method: `${API}.outcome`, args: { name, kind: kind || null, start } })
		.then(({ message }) => frm.doc.name === name && draw_outcome(frm, message, kind, start));
}

function record_links(row) {
	return [
		["Sky Lead", row.lead],
		["Contact", row.contact],
		["Customer", row.customer],
	]
		.filter(([, name]) => name)
		.map(([doctype, name]) =>
			frappe.utils.get_form_link(doctype, name, true, frappe.utils.escape_html(name))
		)
		.join(", ");
}

function draw_outcome(frm, { rows, more }, kind, start) {
	const escape = frappe.utils.escape_html;
	const $wrapper = frm.get_field("outcome_html").$wrapper.empty();
	const labels = { "": __("All rows"), Similar: __("Look-Alikes") };
	const kinds = ["", "Made", "Similar", "Attached", "Skipped", "Refused"]
		.map(
			(value) =>
				`<option value="${value}" ${value === kind ? "selected" : ""}>${
					labels[value] || __(value)
				}</option>`
		)
		.join("");
	const lines = rows
		.map(
			(row) => `<tr>
				<td>${row.line}</td>
				<td>${__(row.outcome)}</td>
				<td>${record_links(row)}</td>
				<td>${escape(row.header || "")}</td>
				<td>${escape(row.reason || "")}
					${look_alikes(row.looks_like ? [row.looks_like] : [])}
					${row.outcome === "Made" ? similar_button(row) : ""}</td>
			</tr>`
		)
		.join("");
	$wrapper.html(`<div class="form-inline mb-3">
			<select class="form-control input-xs skycrm-outcome-kind" aria-label="${__("Outcome")}">${kinds}</select>
		</div>
		<table class="table table-bordered small skycrm-import-outcome">
			<thead><tr><th>${__("Line")}</th><th>${__("Outcome")}</th><th>${__("Record")}</th>
			<th>${__("Column")}</th><th>${__("Reason")}</th></tr></thead>
			<tbody>${lines || `<tr><td colspan="5" class="text-muted">${__("No rows.")}</td></tr>`}</tbody>
		</table>
		<div>
			<button class="btn btn-default btn-xs skycrm-outcome-back" ${start ? "" : "disabled"}>${__("Previous rows")}</button>
			<button class="btn btn-default btn-xs skycrm-outcome-more" ${more ? "" : "disabled"}>${__("Further rows")}</button>
		</div>`);
	$wrapper
		.find(".skycrm-outcome-kind")
		.on("change", (event) => show_outcome(frm, event.target.value));
	$wrapper
		.find(".skycrm-outcome-back")
		.on("click", () => show_outcome(frm, kind, Math.max(start - 50, 0)));
	$wrapper
		.find(".skycrm-similar")
		.on("click", (event) => show_similar(frm, $(event.currentTarget)));
	$wrapper.find(".skycrm-outcome-more").on("click", () => show_outcome(frm, kind, start + 50));
}

function similar_button({ line }) {
	return `<button class="btn btn-xs btn-default mt-1 skycrm-similar" data-line="${line}">${__(
		"Similar names"
	)}</button>`;
}

// Ranked as on the form of a lead: asked for one row, for it takes a look of its own.
function show_similar(frm, $button) {
	const line = $button.data("line");
	$button.prop("disabled", true);
	return frappe
		.call({ method: `${API}.similar`, args: { name: frm.doc.name, line } })
		.then(({ message }) => {
			// A record that the run has noted is among them; an earlier line of the file is not.
			if (message.length) $button.closest("td").find(".skycrm-look-alike:has(a)").remove();
			$button.replaceWith(
				look_alikes(message) ||
					`<div class="text-muted">${__("Nobody with a similar name.")}</div>`
			);
		})
		.catch(() => $button.prop("disabled", false));
}

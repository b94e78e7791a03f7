// Why a lead has its score and what would raise it: in the form, and while somebody types.
frappe.provide("skycrm.lead_score");

skycrm.lead_score.WAIT_MS = 600;

frappe.ui.form.on("Sky Lead", {
	refresh(frm) {
		skycrm.lead_score.load(frm);
		skycrm.lead_score.add_buttons(frm);
	},
});

skycrm.lead_score.load = async (frm) => {
	const asked = skycrm.lead_score.ask_number(frm);
	const answer = frm.is_new()
		? await skycrm.lead_score.ask("preview", { values: skycrm.lead_score.values(frm) })
		: await skycrm.lead_score.ask("panel", { lead: frm.docname });
	if (asked !== frm.skycrm_score_asked || !answer) return;
	skycrm.lead_score.show(frm, answer, false);
	skycrm.lead_score.watch(frm, answer.fields);
};

skycrm.lead_score.preview = async (frm) => {
	if (!frm.is_dirty() || !frm.perm[0]?.write) return;
	const asked = skycrm.lead_score.ask_number(frm);
	const answer = await skycrm.lead_score.ask("preview", {
		values: skycrm.lead_score.values(frm),
		lead: frm.is_new() ? null : frm.docname,
	});
	// An answer that comes after a later question, or after saving, is out of date.
	if (asked === frm.skycrm_score_asked && answer) skycrm.lead_score.show(frm, answer, true);
};

skycrm.lead_score.ask_number = (frm) => {
	frm.skycrm_score_asked = (frm.skycrm_score_asked || 0) + 1;
	return frm.skycrm_score_asked;
};

// A half-typed value is no error to tell about.
skycrm.lead_score.ask = (method, args) =>
	new Promise((resolve) =>
		frappe.call({
			method: `skycrm.api.v1.scoring.${method}`,
			args,
			silent: true,
			callback: (r) => resolve(r.message),
			error: () => resolve(null),
		})
	);

skycrm.lead_score.values = (frm) => {
	const values = {};
	frm.meta.fields.forEach(({ fieldname, fieldtype }) => {
		if (frappe.model.no_value_type.includes(fieldtype)) return;
		values[fieldname] = frm.doc[fieldname] ?? null;
	});
	values.items = (frm.doc.items || []).map(({ item_code }) => ({ item_code }));
	return values;
};

// The rules say which fields matter; each is watched once for as long as the page lives.
skycrm.lead_score.watched = new Set();
skycrm.lead_score.watch = (frm, fields) => {
	const later = frappe.utils.debounce(
		(form) => skycrm.lead_score.preview(form),
		skycrm.lead_score.WAIT_MS
	);
	fields.forEach((fieldname) => {
		if (skycrm.lead_score.watched.has(fieldname) || !frm.fields_dict[fieldname]) return;
		skycrm.lead_score.watched.add(fieldname);
		frappe.ui.form.on("Sky Lead", fieldname, (form) => later(form));
	});
	if (!skycrm.lead_score.watched.has("item_code")) {
		skycrm.lead_score.watched.add("item_code");
		frappe.ui.form.on("Sky Lead Item", {
			item_code: (form) => later(form),
			items_remove: (form) => later(form),
		});
	}
};

skycrm.lead_score.color = (score, [hot, warm]) =>
	score >= hot ? "red" : score >= warm ? "orange" : "blue";

skycrm.lead_score.show = (frm, answer, unsaved) => {
	const { escape_html } = frappe.utils;
	const field = frm.fields_dict.score_html;
	if (!field) return;
	const color = skycrm.lead_score.color(answer.score, answer.bands);
	const row = (line, sign) => `<tr>
		<td class="text-right" style="white-space: nowrap; padding: 1px 8px 1px 0; font-variant-numeric: tabular-nums">
			<b class="${line.points < 0 ? "text-danger" : "text-success"}">${sign}${Math.abs(line.points)}</b></td>
		<td style="padding: 1px 0"><span>${escape_html(line.rule)}</span>
			<div class="text-muted small">${escape_html(line.reason)}</div></td></tr>`;
	const table = (lines, sign) =>
		`<table style="width: 100%"><tbody>${lines
			.map((line) => row(line, sign || (line.points < 0 ? "−" : "+")))
			.join("")}</tbody></table>`;
	const notes = [];
	if (unsaved) notes.push(__("With what you have typed; save to keep it."));
	if (answer.closed) notes.push(__("Kept as it was when this lead was closed."));
	field.$wrapper.html(`
		<div class="skycrm-score" data-score="${answer.score}" data-unsaved="${unsaved ? 1 : 0}">
			<div style="display: flex; align-items: center; gap: 8px; margin-bottom: 6px">
				<span style="font-size: 1.6em; font-weight: 600">${answer.score}</span>
				<span class="indicator-pill ${color}">${__(answer.rating, null, "Sky Lead")}</span>
				<span class="text-muted small">${notes.join(" ")}</span>
			</div>
			${
				answer.lines.length
					? table(answer.lines)
					: `<div class="text-muted">${__("No rule speaks for this lead yet.")}</div>`
			}
		</div>`);
	frm.fields_dict.score_advice_html.$wrapper.html(
		answer.advice.length
			? `<div class="skycrm-score-advice"><div class="text-muted" style="margin: 8px 0 6px">${__(
					"What would raise the score"
				)}</div>${table(answer.advice, "+")}</div>`
			: ""
	);
	frm.set_df_property("rating", "read_only", answer.follows ? 1 : 0);
	frm.skycrm_score_by_hand = answer.by_hand;
};

skycrm.lead_score.add_buttons = (frm) => {
	const closed = ["Converted", "Unqualified"].includes(frm.doc.status);
	if (frm.is_new() || closed || !frm.perm[0]?.write) return;
	frm.page.add_menu_item(__("Set Score by Hand"), () => skycrm.lead_score.set_by_hand(frm));
	if (frm.doc.score_override_until) {
		frm.page.add_menu_item(__("Take Back Score by Hand"), () =>
			skycrm.lead_score.write(frm, "drop_hand", {})
		);
	}
};

skycrm.lead_score.set_by_hand = (frm) => {
	const dialog = new frappe.ui.Dialog({
		title: __("Set Score by Hand"),
		fields: [
			{
				fieldname: "score",
				fieldtype: "Int",
				label: __("Score"),
				reqd: 1,
				default: frm.doc.score,
				description: __("0 to 100"),
			},
			{
				fieldname: "until",
				fieldtype: "Date",
				label: __("Until"),
				reqd: 1,
				default: frappe.datetime.add_days(frappe.datetime.get_today(), 14),
				description: __("After this day the rules decide again."),
			},
			{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 },
		],
		primary_action_label: __("Set"),
		primary_action: (values) => {
			dialog.hide();
			skycrm.lead_score.write(frm, "set_by_hand", values);
		},
	});
	dialog.show();
};

skycrm.lead_score.write = async (frm, method, values) => {
	if (frm.is_dirty()) await frm.save();
	await frappe.call({
		method: `skycrm.api.v1.scoring.${method}`,
		args: { lead: frm.docname, ...values },
		freeze: true,
	});
	await frm.reload_doc();
};

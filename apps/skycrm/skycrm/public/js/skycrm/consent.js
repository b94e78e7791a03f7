// Above the form of a lead or contact: who must not be written to, who agreed; a click shows when and how.

frappe.provide("skycrm.consent");

skycrm.consent.CHANNELS = ["email", "sms", "call"];

skycrm.consent.show = function (frm) {
	const area = frm.page.wrapper.find(".page-head .title-area .flex").first();
	frm.page.wrapper.find(".skycrm-consent").remove();
	if (frm.is_new()) return;
	const states = skycrm.consent.CHANNELS.map((channel) => ({
		channel,
		state: frm.doc[`${channel}_consent`] || frm.doc[`sky_${channel}_consent`] || "Unknown",
	})).filter((row) => row.state !== "Unknown");
	const $pills = $('<span class="skycrm-consent ml-2 text-nowrap flex-shrink-0"></span>');
	states.forEach(({ channel, state }) => {
		const refused = state === "Refused";
		$(
			`<button type="button" class="btn btn-xs indicator-pill ${refused ? "red" : "green"} mr-1"></button>`
		)
			.attr("data-channel", channel)
			.text(skycrm.consent.label(channel, refused))
			.attr("title", __("Show when and how this was answered"))
			.on("click", () => skycrm.consent.history(frm))
			.appendTo($pills);
	});
	if (states.length) $pills.appendTo(area);
};

skycrm.consent.label = function (channel, refused) {
	const labels = {
		email: [__("Email agreed"), __("No email")],
		sms: [__("SMS agreed"), __("No SMS")],
		call: [__("Calls agreed"), __("No calls")],
	};
	return labels[channel][refused ? 1 : 0];
};

skycrm.consent.history = async function (frm) {
	const field = frm.doctype === "Contact" ? "contact" : "lead";
	const rows = await frappe.db.get_list("Sky Consent Record", {
		filters: { [field]: frm.doc.name },
		fields: ["channel", "answer", "given_on", "given_by", "how", "wording", "door"],
		order_by: "creation desc",
		limit: 100,
	});
	const cell = (value) => `<td>${frappe.utils.escape_html(value || "")}</td>`;
	const body = rows.map(
		(row) =>
			"<tr>" +
			cell(frappe.datetime.str_to_user(row.given_on)) +
			cell(__(row.channel)) +
			cell(__(row.answer)) +
			cell(row.how) +
			cell(row.wording) +
			cell(__(row.door)) +
			cell(frappe.user.full_name(row.given_by)) +
			"</tr>"
	);
	const head = [
		__("When"),
		__("Channel"),
		__("Answer"),
		__("How It Was Given"),
		__("Wording"),
		__("Door"),
		__("Recorded By"),
	].map((text) => `<th>${text}</th>`);
	const dialog = new frappe.ui.Dialog({
		title: __("Answers about being written to"),
		size: "extra-large",
		fields: [{ fieldname: "history", fieldtype: "HTML" }],
	});
	dialog.fields_dict.history.$wrapper.html(
		rows.length
			? `<table class="table table-bordered small"><thead><tr>${head.join(
					""
				)}</tr></thead><tbody>${body.join("")}</tbody></table>`
			: `<p class="text-muted">${__("Nothing was recorded yet.")}</p>`
	);
	dialog.show();
};

["Sky Lead", "Contact"].forEach((doctype) =>
	frappe.ui.form.on(doctype, { refresh: (frm) => skycrm.consent.show(frm) })
);

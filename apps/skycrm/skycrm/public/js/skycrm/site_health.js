// Whether the framework and ERPNext are new enough to be safe: on the system health page, and on our settings for
// administrators of the CRM, who cannot open that page.
frappe.provide("skycrm.site_health");

Object.assign(skycrm.site_health, {
	async show(frm, { quiet = false } = {}) {
		const answer = await frappe.xcall("skycrm.api.v1.site_health.versions");
		frm.layout.wrapper.find(".skycrm-site-health").remove();
		if (quiet && answer.is_safe) return;
		const block = $(
			'<div class="skycrm-site-health form-section card-section visible-section p-3"></div>'
		);
		block.append(answer.is_safe ? this.good_line(answer) : this.warning(answer, quiet));
		frm.layout.wrapper.prepend(block);
	},

	good_line({ apps }) {
		const versions = apps.map(({ app, version }) => `${app} ${version}`).join(", ");
		return this.line(
			"green",
			__("No known security hole in the versions of this site: {0}.", [versions])
		);
	},

	warning(answer, folded) {
		const count = answer.apps.reduce((sum, { holes }) => sum + holes.length, 0);
		const summary = $('<summary class="text-danger font-weight-bold mb-2"></summary>').text(
			__("This site is open to {0} known security holes.", [count])
		);
		const details = $("<details></details>").prop("open", !folded).append(summary);
		for (const app of answer.apps) {
			details.append(this.app_line(app));
			if (app.holes.length) details.append(this.table(app.holes));
		}
		details.append(
			$('<p class="mb-1"></p>').text(
				__("Make a backup, then update in the folder of the bench on the server:")
			),
			$("<pre></pre>").append($("<code></code>").text(answer.command))
		);
		return details;
	},

	app_line({ app, version, floor, holes }) {
		return holes.length
			? this.line("orange", __("{0} {1}: safe from version {2} on.", [app, version, floor]))
			: this.line("green", __("{0} {1}: no known hole.", [app, version]));
	},

	table(holes) {
		const rows = holes.map(({ cve, what, without_login, fixed_in }) =>
			$("<tr></tr>").append(
				$('<td class="text-nowrap"></td>').text(cve),
				$("<td></td>").text(
					without_login ? __("{0} Nobody has to sign in for that.", [what]) : what
				),
				$('<td class="text-nowrap"></td>').text(fixed_in)
			)
		);
		const heads = [__("Number"), __("What it lets happen"), __("Fixed in")];
		return $('<table class="table table-sm"></table>').append(
			$("<thead></thead>").append(
				$("<tr></tr>").append(heads.map((head) => $("<th></th>").text(head)))
			),
			$("<tbody></tbody>").append(rows)
		);
	},

	line(colour, text) {
		return $(`<p class="indicator ${colour} mb-2"></p>`).text(text);
	},
});

frappe.ui.form.on("System Health Report", {
	refresh(frm) {
		skycrm.site_health.show(frm);
	},
});

frappe.ui.form.on("Sky CRM Settings", {
	refresh(frm) {
		skycrm.site_health.show(frm, { quiet: true });
	},
});

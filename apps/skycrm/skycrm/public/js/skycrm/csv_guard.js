// CSV that the browser itself makes holds no formulas, and comes back as it was: Download and Upload under a table in a
// form, the preview before an export, cells of a report copied for a spreadsheet.
// The twin of domain/spreadsheet_safety.py and of change_csv in domain/spreadsheet_files.py: what is changed there is changed here.

frappe.provide("skycrm.csv_guard");

(() => {
	const GUARD = "'";
	// Full-width forms are read as their narrow ones by spreadsheets set to an East Asian language.
	const STARTS = "=+-@＝＋－＠";
	const CONTROL = "\t\r\n\u0000";
	// White space of both languages, and what nobody sees
	const UNSEEN =
		"\u0000\u001c\u001d\u001e\u001f\u0085\u200b\u200c\u200d\u200e\u200f\u2060\ufeff";
	const NUMBER = /^[+-][0-9]+(?:[., \u00a0\u202f][0-9]+)*(?:[eE][+-]?[0-9]{1,3})?%?$/;
	const PHONE = /^\+[0-9(][0-9 \u00a0.()-]*[0-9)]$/;
	const LEAST_PHONE_DIGITS = 7;
	const MOST_PHONE_DIGITS = 16;

	const is_plain = (text) => {
		text = text.replace(/ +$/, "");
		if (NUMBER.test(text)) return true;
		const digits = text.replace(/[^0-9]/g, "").length;
		return PHONE.test(text) && digits >= LEAST_PHONE_DIGITS && digits <= MOST_PHONE_DIGITS;
	};

	const is_risky = (text) => {
		text = text.replace(/^'+/, "");
		if (!text) return false;
		if (CONTROL.includes(text[0])) return true;
		let start = 0;
		while (start < text.length && (/\s/.test(text[start]) || UNSEEN.includes(text[start])))
			start++;
		text = text.slice(start);
		return Boolean(text) && STARTS.includes(text[0]) && !is_plain(text);
	};

	const neutralise = (value) =>
		typeof value === "string" && is_risky(value) ? GUARD + value : value;

	const restore = (value) =>
		typeof value === "string" && value.startsWith(GUARD) && is_risky(value.slice(1))
			? value.slice(1)
			: value;

	// A CSV text with each field changed by the rule; what the rule leaves alone keeps its quotes as they are.
	const change_csv = (text, rule) =>
		text.replace(/"([^"]*(?:""[^"]*)*)"(?=[\r\n,]|$)|[^\r\n,]+/g, (field, quoted) => {
			const before = quoted === undefined ? field : quoted.replace(/""/g, '"');
			const after = rule(before);
			return after === before ? field : `"${after.replace(/"/g, '""')}"`;
		});

	Object.assign(skycrm.csv_guard, { neutralise, restore, change_csv });

	// 5.5 as the user writes it. The framework writes it with a point and reads it by the user's number format, so that with
	// the Vietnamese one 55 came back.
	const as_typed = (value) =>
		typeof value === "number" && !Number.isInteger(value)
			? String(value).replace(
					".",
					get_number_format_info(get_number_format()).decimal_str || "."
				)
			: value;

	// After the framework has made its text, not before: it takes the cells through HTML, where &#61; becomes =.
	const to_csv = frappe.tools.to_csv;
	frappe.tools.to_csv = (data) =>
		change_csv(to_csv(data.map((row) => row.map(as_typed))), neutralise);

	// Read where a file is put into a table, and where cells are pasted into one.
	const csv_to_array = frappe.utils.csv_to_array;
	frappe.utils.csv_to_array = function (...given) {
		return csv_to_array.apply(this, given).map((row) => row.map(restore));
	};

	// The dialogs of reports come later than this script: what they show is what the file will hold.
	$(document).on("shown.bs.modal", () => {
		const reports = frappe.report_utils;
		if (!reports?.get_csv_preview || reports.is_guarded_by_skycrm) return;
		const get_csv_preview = reports.get_csv_preview;
		reports.get_csv_preview = function (data, ...more) {
			return get_csv_preview.call(this, guarded_rows(data), ...more);
		};
		reports.is_guarded_by_skycrm = true;
	});

	const guarded_rows = (rows) => rows.map((row) => row.map(neutralise));

	// Several cells of a report that are copied go into a spreadsheet; a single one may go anywhere and stays as it is.
	// The report's table puts them into a box of its own for the moment of the copy.
	document.addEventListener("copy", (event) => {
		const box = event.target;
		const from_table =
			box?.tagName === "TEXTAREA" &&
			box.parentNode === document.body &&
			box.style.position === "fixed" &&
			document.querySelector(".datatable .dt-cell--focus");
		if (!from_table || !/[\t\n]/.test(box.value)) return;
		const cells = box.value.split("\n").map((line) => line.split("\t"));
		event.clipboardData.setData(
			"text/plain",
			guarded_rows(cells)
				.map((row) => row.join("\t"))
				.join("\n")
		);
		event.preventDefault();
	});
})();

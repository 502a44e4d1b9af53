import assert from "node:assert/strict";
import { test } from "node:test";
import { check, fittingOptions, initialDraft, withChange, type Draft } from "../src/form/validate.ts";
import type { FormLine } from "../src/protocol/entry.ts";

function line(over: Partial<FormLine>): FormLine {
  return { name: "x", label: "X", required: false, input: "line", options: [], ...over };
}

function value(over: Partial<FormLine>, typed: string, locale = "en"): string {
  const checked = check(line(over), [line(over)], { x: typed }, locale);
  return "error" in checked ? `! ${checked.error}` : checked.value;
}

test("a blank line is an error only where it is required", () => {
  assert.equal(value({ required: true }, ""), "! Please fill this in.");
  assert.equal(value({ required: true }, " \t "), "! Please fill this in.");
  assert.equal(value({}, "   "), "");
  assert.equal(value({ required: true, input: "area" }, "\n "), "! Please fill this in.");
  assert.equal(value({ required: true, input: "checkbox" }, "false"), "! Please tick this box.");
  assert.equal(value({ input: "checkbox" }, ""), "false");
  assert.equal(value({ required: true, input: "checkbox" }, "true"), "true");
});

test("a pattern must match the whole text, and says its own message", () => {
  const order = { pattern: "[0-9]{6}", patternMessage: "Six digits, please" };
  assert.equal(value(order, "12345"), "! Six digits, please");
  assert.equal(value(order, "1234567"), "! Six digits, please");
  assert.equal(value(order, " 123456 "), "123456");
  assert.equal(value({ pattern: "a|b" }, "ab"), "! This does not have the form that is asked for.");
});

/** Node 18 and older browsers can't read classes that are combined: those are left to the server. */
function combinesClasses(): boolean {
  try {
    return new RegExp("[a&&a]", "v").test("a");
  } catch {
    return false;
  }
}

test("a pattern means what it means to the server, or is left to it", () => {
  assert.equal(value({ pattern: "\\w+" }, "Müller"), "Müller");
  assert.equal(value({ pattern: "[\\w-]+" }, "Müller-Lüdenscheidt"), "Müller-Lüdenscheidt");
  assert.equal(value({ pattern: "[^\\d]+" }, "abc1"), "! This does not have the form that is asked for.");
  assert.equal(value({ pattern: "[(]\\d\\d[)]" }, "(12)"), "(12)");
  assert.equal(value({ pattern: "[[a-z]&&[^aeiou]]+" }, "xyz"), "xyz");
  const combined = value({ pattern: "[[a-z]&&[^aeiou]]+" }, "xaz");
  assert.equal(combined, combinesClasses() ? "! This does not have the form that is asked for." : "xaz");
  assert.equal(value({ pattern: "[]x]" }, "]"), "]");
  assert.equal(value({ pattern: "a\\-b\\#" }, "a-b#"), "a-b#");
  assert.equal(value({ pattern: "(?x) a b # spaced" }, "anything"), "anything");
});

test("length is counted as Salesforce does, and of what is sent", () => {
  assert.equal(value({ maxLength: 4 }, "🙂🙂"), "🙂🙂");
  assert.equal(value({ maxLength: 4 }, "🙂🙂!"), "! Please use at most 4 characters; these are 5.");
  assert.equal(value({ min: "3" }, "ab"), "! Please use at least 3 characters; these are 2.");
  assert.equal(value({ max: "3", maxLength: 255 }, "abcd"), "! Please use at most 3 characters; these are 4.");
  assert.equal(value({ max: "3", input: "area" }, " abc\n"), "abc");
});

test("numbers are read in the customer's locale and sent canonically", () => {
  assert.equal(value({ input: "number" }, "1,234.50"), "1234.50");
  assert.equal(value({ input: "number" }, "1.234,50", "de"), "1234.50");
  assert.equal(value({ input: "number" }, "1 234,5", "fr"), "1234.5");
  assert.equal(value({ input: "number" }, "1’234.5", "de-CH"), "1234.5");
  assert.equal(value({ input: "number" }, "500.00", "de"), "500.00");
  assert.equal(value({ input: "number" }, "-0"), "0");
  assert.equal(value({ input: "number" }, "+007"), "7");
  assert.equal(value({ input: "number" }, ".5"), "0.5");
  assert.equal(value({ input: "number" }, "١٢"), "12");
  for (const wrong of ["1,23", "1.2.3", "abc", "12a", "-", ".", "1e5", "--1"]) {
    assert.equal(value({ input: "number" }, wrong), "! Please enter a number.", wrong);
  }
});

test("a number keeps to its scale and bounds, exactly", () => {
  const amount: Partial<FormLine> = { input: "number", scale: 2, min: "0.01", max: "99999999.99" };
  assert.equal(value(amount, "500.005"), "! Please use at most 2 digits behind the decimal point.");
  assert.equal(value(amount, "500.000"), "500");
  assert.equal(value(amount, "0"), "! Please enter 0.01 or more.");
  assert.equal(value(amount, "100000000"), "! Please enter 99,999,999.99 or less.");
  assert.equal(value(amount, "99999999.99"), "99999999.99");
  assert.equal(value({ input: "number", scale: 0 }, "1.5"), "! Please enter a whole number.");
  assert.equal(value({ input: "number", max: "0.3" }, "0.30000000000000004"), "! Please enter 0.3 or less.");
});

test("days, times and instants exist and keep to their bounds", () => {
  assert.equal(value({ input: "date" }, "2026-02-30"), "! Please enter a whole date that exists.");
  assert.equal(value({ input: "date" }, "2028-02-29"), "2028-02-29");
  assert.equal(value({ input: "date", min: "2026-01-01" }, "2025-12-31"), "! Please enter Jan 1, 2026 or later.");
  assert.equal(value({ input: "time" }, "25:00"), "! Please enter a whole time.");
  assert.equal(value({ input: "time", max: "18:00" }, "18:30").replace(/\s/gu, " "), "! Please enter 6:00 PM or earlier.");
  assert.equal(value({ input: "time", min: "10:30:00", max: "10:30:00" }, "10:30"), "10:30");
  assert.equal(value({ input: "date_time" }, "2026-11-22T10:00"), new Date(2026, 10, 22, 10).toISOString().replace(".000", ""));
  const half = check(line({ input: "date" }), [], { x: "" }, "en", true);
  assert.deepEqual(half, { error: "Please enter a whole date that exists." });
});

test("e-mail, web and telephone addresses", () => {
  assert.equal(value({ input: "email" }, "ada@example.com"), "ada@example.com");
  for (const wrong of ["ada", "ada@", "ada@example", "a b@example.com", "ada@example..com"]) {
    assert.match(value({ input: "email" }, wrong), /^! Please enter an e-mail/, wrong);
  }
  assert.equal(value({ input: "url" }, "https://example.com/x"), "https://example.com/x");
  assert.match(value({ input: "url" }, "example"), /^! Please enter a web/);
  assert.match(value({ input: "url" }, "ftp://example.com"), /^! Please enter a web/);
  assert.equal(value({ input: "phone" }, "+49 (30) 1234-5 x6"), "+49 (30) 1234-5 x6");
  assert.match(value({ input: "phone" }, "call me"), /^! Please enter a telephone/);
  assert.match(value({ input: "phone" }, "12"), /^! Please enter a telephone/);
});

const product = line({
  name: "product",
  label: "Product",
  input: "select",
  required: true,
  options: [
    { value: "GC5060", label: "Gas boiler" },
    { value: "GC1000", label: "Heat pump" },
  ],
});
const part = line({
  name: "part",
  label: "Part",
  input: "select",
  required: true,
  controller: "product",
  options: [
    { value: "burner", label: "Burner", validFor: ["GC5060"] },
    { value: "fan", label: "Fan", validFor: ["GC1000"] },
    { value: "case", label: "Case", validFor: ["GC5060", "GC1000"] },
    { value: "other", label: "Other" },
  ],
});

test("a dependent list shows what its controller allows", () => {
  const fields = [product, part];
  let draft: Draft = initialDraft(fields);
  assert.deepEqual(fittingOptions(part, draft).map((o) => o.value), ["other"]);
  assert.deepEqual(check(part, fields, draft, "en"), { error: "Please choose Product first" });
  draft = withChange(fields, draft, "product", "GC5060");
  assert.deepEqual(fittingOptions(part, draft).map((o) => o.value), ["burner", "case", "other"]);
  draft = withChange(fields, draft, "part", "burner");
  assert.deepEqual(check(part, fields, draft, "en"), { value: "burner" });
  draft = withChange(fields, draft, "product", "GC1000");
  assert.equal(draft["part"], "");
  assert.deepEqual(check(part, fields, { product: "GC1000", part: "burner" }, "en"), { error: "Please choose one of the values offered." });
});

test("what still fits stays when the controller changes", () => {
  const fields = [product, part];
  const draft = withChange(fields, { product: "GC5060", part: "case" }, "product", "GC1000");
  assert.equal(draft["part"], "case");
});

test("several values of a list", () => {
  const many: Partial<FormLine> = { input: "select_many", options: product.options };
  assert.equal(value(many, "GC5060;GC1000"), "GC5060;GC1000");
  assert.equal(value(many, "GC5060;nonsense"), "! Please choose one of the values offered.");
  assert.equal(value({ ...many, required: true }, ""), "! Please choose at least one.");
});

test("a file is missed where there must be one", () => {
  const file: Partial<FormLine> = { input: "file", required: true };
  assert.equal(value(file, ""), "! Please choose a file.");
  assert.equal(value(file, "photo.jpg"), "photo.jpg");
  assert.equal(value({ ...file, required: false }, ""), "");
});

test("a rating is one of the numbers offered", () => {
  const rated: Partial<FormLine> = { input: "rating", min: "1", max: "5", required: true };
  assert.equal(value(rated, "4"), "4");
  for (const off of ["0", "6", "2.5", "many"]) assert.equal(value(rated, off), "! Please choose one.");
  assert.equal(value(rated, ""), "! Please choose one.");
});

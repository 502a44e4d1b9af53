/**
 * Validates a form as the server will: what passes here is refused there only for reasons that a browser cannot know.
 * A draft holds, for each line, what its widget holds; a checked line has the text that goes over the wire.
 */

import type { FormLine, FormOption } from "../protocol/entry.ts";
import { words } from "../words.ts";
import { canonicalNumber, compareDecimals, parseDecimal } from "./decimal.ts";
import { matchesWhole } from "./pattern.ts";
import { instantOf, isDate, isTime, readable, widgetOf } from "./time.ts";

export type Draft = Readonly<Record<string, string>>;

export type Checked = { readonly value: string } | { readonly error: string };

/** What a form holds before anybody has touched it. */
export function initialDraft(fields: readonly FormLine[]): Draft {
  return Object.fromEntries(fields.map((line) => [line.name, initialValue(line)]));
}

function initialValue(line: FormLine): string {
  const value = line.value ?? "";
  if (line.input === "date_time" && value !== "") return widgetOf(value);
  if (line.input === "time") return value.slice(0, 5);
  if (line.input === "checkbox") return value === "true" ? "true" : "false";
  return value;
}

/** The options that the controller's value allows, all of them where there is none. */
export function fittingOptions(line: FormLine, draft: Draft): readonly FormOption[] {
  const { controller } = line;
  if (controller === undefined) return line.options;
  const chosen = split(draft[controller] ?? "");
  return line.options.filter(({ validFor }) => !validFor || chosen.some((value) => validFor.includes(value)));
}

/** The draft after a change: dependents that no longer fit are cleared, and theirs in turn. */
export function withChange(fields: readonly FormLine[], draft: Draft, name: string, value: string): Draft {
  let next: Draft = { ...draft, [name]: value };
  for (const line of fields.filter((other) => other.controller === name)) {
    const fitting = fittingOptions(line, next);
    const kept = split(next[line.name] ?? "").filter((chosen) => fitting.some((option) => option.value === chosen));
    if (kept.join(";") !== next[line.name]) next = withChange(fields, next, line.name, kept.join(";"));
  }
  return next;
}

/** The several values of a multi list. */
export function split(value: string): string[] {
  return value.split(";").filter((part) => part !== "");
}

/** The numbers that a rating is chosen from. */
export function ratings({ min, max }: FormLine): readonly string[] {
  const [low, high] = [Number(min ?? 1), Number(max ?? 5)];
  const steps = Number.isInteger(low) && high > low ? Math.min(high - low, 10) : 4;
  return Array.from({ length: Math.floor(steps) + 1 }, (_, at) => String(low + at));
}

/** Checks one line. `garbled` says that the widget holds something that it could not read, such as half a date. */
export function check(
  line: FormLine,
  fields: readonly FormLine[],
  draft: Draft,
  locale: string,
  garbled = false,
): Checked {
  const typed = draft[line.name] ?? "";
  const value = typed.trim();
  if (value === "" || (line.input === "checkbox" && value !== "true")) {
    if (garbled) return { error: garbledMessage(line) };
    if (line.required) return { error: missing(line, fields, draft) };
    return { value: line.input === "checkbox" ? "false" : "" };
  }
  const checked = byType(line, value, draft, locale);
  if ("error" in checked) return checked;
  const wrong = byPattern(line, checked.value) ?? byBounds(line, checked.value, locale);
  return wrong === undefined ? checked : { error: wrong };
}

function garbledMessage(line: FormLine): string {
  if (line.input === "date") return words.date;
  return line.input === "time" ? words.time : words.dateTime;
}

function missing(line: FormLine, fields: readonly FormLine[], draft: Draft): string {
  if (line.input === "checkbox") return words.requiredCheck;
  if (line.input === "rating") return words.requiredChoice;
  if (line.input === "file") return words.requiredFile;
  if (line.input !== "select" && line.input !== "select_many") return words.required;
  const controller = fields.find((other) => other.name === line.controller);
  if (controller && (draft[controller.name] ?? "") === "") return words.chooseFirst(controller.label);
  return line.input === "select" ? words.requiredChoice : words.requiredChoices;
}

function byType(line: FormLine, value: string, draft: Draft, locale: string): Checked {
  switch (line.input) {
    case "email":
      return /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/.test(value) ? { value } : { error: words.email };
    case "url":
      return isWebAddress(value) ? { value } : { error: words.url };
    case "phone":
      return isPhone(value) ? { value } : { error: words.phone };
    case "rating":
      return ratings(line).includes(value) ? { value } : { error: words.requiredChoice };
    case "number":
      return checkNumber(line, value, locale);
    case "date":
      return isDate(value) ? { value } : { error: words.date };
    case "time":
      return isTime(value) ? { value } : { error: words.time };
    case "date_time": {
      const instant = instantOf(value);
      return instant === undefined ? { error: words.dateTime } : { value: instant };
    }
    case "select":
    case "select_many":
      return checkOptions(line, value, draft);
    default:
      return { value };
  }
}

/** Digits with what people write between them. */
function isPhone(value: string): boolean {
  return /^[0-9 +\-()./#*,xX]+$/.test(value) && (value.match(/[0-9]/g) ?? []).length >= 3;
}

function isWebAddress(value: string): boolean {
  try {
    const { protocol, hostname } = new URL(value);
    return (protocol === "http:" || protocol === "https:") && hostname !== "";
  } catch {
    return false;
  }
}

function checkNumber(line: FormLine, typed: string, locale: string): Checked {
  const value = canonicalNumber(typed, locale);
  const number = value === undefined ? undefined : parseDecimal(value);
  if (value === undefined || !number) return { error: words.number };
  const significant = value.includes(".") ? value.replace(/\.?0+$/, "") : value;
  const digits = parseDecimal(significant)?.scale ?? number.scale;
  if (line.scale === undefined || digits <= line.scale) {
    return { value: line.scale !== undefined && number.scale > line.scale ? significant : value };
  }
  return { error: words.scale(line.scale) };
}

function checkOptions(line: FormLine, value: string, draft: Draft): Checked {
  const fitting = fittingOptions(line, draft);
  const chosen = line.input === "select" ? [value] : split(value);
  const all = chosen.every((one) => fitting.some((option) => option.value === one));
  return all ? { value } : { error: words.option };
}

function byBounds(line: FormLine, value: string, locale: string): string | undefined {
  switch (line.input) {
    case "number":
      return numberBounds(line, value, locale);
    case "date":
      return orderBounds(line, value, locale, (text) => text);
    case "time":
      return orderBounds(line, value, locale, (text) => (text.length === 5 ? `${text}:00` : text));
    case "date_time":
      return orderBounds(line, value, locale, (text) => new Date(text).getTime());
    case "checkbox":
    case "select":
    case "select_many":
      return undefined;
    default:
      return lengthBounds(line, value);
  }
}

function numberBounds(line: FormLine, value: string, locale: string): string | undefined {
  const [number, min, max] = [value, line.min ?? "", line.max ?? ""].map(parseDecimal);
  if (number && min && compareDecimals(number, min) < 0) return words.min(shownNumber(line.min ?? "", locale));
  if (number && max && compareDecimals(number, max) > 0) return words.max(shownNumber(line.max ?? "", locale));
  return undefined;
}

function shownNumber(canonical: string, locale: string): string {
  const digits = parseDecimal(canonical)?.scale ?? 0;
  const format = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  // The standard takes decimals as text and keeps them exact; the type library does not say so everywhere.
  return format.format(canonical as unknown as bigint);
}

function orderBounds<T extends string | number>(
  line: FormLine,
  value: string,
  locale: string,
  order: (text: string) => T,
): string | undefined {
  const { min, max } = line;
  if (min !== undefined && order(value) < order(min)) return words.earliest(readable(min, locale));
  if (max !== undefined && order(value) > order(max)) return words.latest(readable(max, locale));
  return undefined;
}

function lengthBounds(line: FormLine, value: string): string | undefined {
  const length = lengthOf(value);
  const most = Math.min(line.maxLength ?? Infinity, bound(line.max, Infinity));
  const least = bound(line.min, 0);
  if (length > most) return words.maxLength(most, length);
  return length < least ? words.minLength(least, length) : undefined;
}

function bound(text: string | undefined, otherwise: number): number {
  const number = Number(text ?? NaN);
  return Number.isFinite(number) ? number : otherwise;
}

/** The length as Salesforce counts it, and the server with it: in UTF-16 code units, an emoji being two. */
export function lengthOf(text: string): number {
  return text.length;
}

function byPattern(line: FormLine, value: string): string | undefined {
  const others: readonly FormLine["input"][] = ["number", "date", "date_time", "time", "checkbox", "select_many"];
  if (others.includes(line.input)) return undefined;
  if (line.pattern === undefined || matchesWhole(line.pattern, value) !== false) return undefined;
  return line.patternMessage ?? words.pattern;
}

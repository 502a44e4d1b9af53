/** Exact decimal numbers: money is never a float. */

export interface Decimal {
  readonly units: bigint;
  /** Digits behind the point. */
  readonly scale: number;
}

const canonical = /^-?\d{1,40}(?:\.\d{1,40})?$/;

/** Reads `-1234.50`. */
export function parseDecimal(text: string): Decimal | undefined {
  if (!canonical.test(text)) return undefined;
  const point = text.indexOf(".");
  if (point < 0) return { units: BigInt(text), scale: 0 };
  return { units: BigInt(text.replace(".", "")), scale: text.length - point - 1 };
}

/** Negative where `a` is the smaller one. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const left = a.units * 10n ** BigInt(scale - a.scale);
  const right = b.units * 10n ** BigInt(scale - b.scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * The canonical writing of a number as somebody types it in the given locale: `1.234,50` is `1234.50` in German.
 * What is no number in that locale, yet one as programs write it, is taken as that. `undefined` for the rest.
 */
export function canonicalNumber(typed: string, locale: string): string | undefined {
  const text = latinDigits(typed.trim()).replace(/^\u2212/, "-").replace(/^\+/, "");
  const { group, decimal } = separators(locale);
  const local = new RegExp(`^-?(?:\\d{1,3}(?:${group}\\d{3})+|\\d+)?(?:${decimal}\\d*)?$`, "u");
  if (/\d/.test(text)) {
    if (local.test(text)) {
      return tidy(text.replace(new RegExp(group, "gu"), "").replace(new RegExp(decimal, "u"), "."));
    }
    if (/^-?(?:\d+\.?\d*|\.\d+)$/.test(text)) return tidy(text);
  }
  return undefined;
}

/** What stands between thousands and before the fraction, as patterns. */
function separators(locale: string): { group: string; decimal: string } {
  const parts = new Intl.NumberFormat(locale, { useGrouping: true }).formatToParts(1234567.8);
  const find = (type: string, otherwise: string) => parts.find((part) => part.type === type)?.value ?? otherwise;
  return { group: groupPattern(find("group", ",")), decimal: escape(find("decimal", ".")) };
}

function groupPattern(group: string): string {
  if (/\s/.test(group)) return "\\s";
  if (group === "’" || group === "'") return "[’']";
  return escape(group);
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function latinDigits(text: string): string {
  return text
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0));
}

function tidy(text: string): string | undefined {
  const sign = text.startsWith("-") ? "-" : "";
  const [whole = "", fraction = ""] = text.replace("-", "").split(".");
  const digits = whole.replace(/^0+(?=\d)/, "") || "0";
  const number = fraction ? `${digits}.${fraction}` : digits;
  return /^[0.]+$/.test(number) ? number : canonical.test(sign + number) ? sign + number : undefined;
}

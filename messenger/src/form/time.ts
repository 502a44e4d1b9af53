/** Days, times and instants between the browser's widgets and the wire. */

const day = /^(\d{4})-(\d{2})-(\d{2})$/;
const clock = /^([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?$/;
const local = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?$/;

/** Whether the text is a day that exists, as `2026-11-22`. */
export function isDate(text: string): boolean {
  const parts = day.exec(text);
  if (!parts) return false;
  const [year, month, date] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const found = new Date(Date.UTC(2000, month - 1, date));
  found.setUTCFullYear(year, month - 1, date);
  return found.getUTCMonth() === month - 1 && found.getUTCDate() === date;
}

/** Whether the text is a time of day, as `10:30`. */
export function isTime(text: string): boolean {
  return clock.test(text);
}

/** The instant, RFC 3339 in UTC, of what a `datetime-local` widget holds in the customer's own zone. */
export function instantOf(widget: string): string | undefined {
  if (!local.test(widget) || !isDate(widget.slice(0, 10)) || !isTime(widget.slice(11))) return undefined;
  const instant = new Date(widget);
  return Number.isNaN(instant.getTime()) ? undefined : instant.toISOString().replace(".000Z", "Z");
}

/** What a `datetime-local` widget shows for an instant. */
export function widgetOf(instant: string): string {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return "";
  const two = (part: number) => String(part).padStart(2, "0");
  const date = `${String(at.getFullYear()).padStart(4, "0")}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** A day, a time or an instant as a reader of the locale would write it. */
export function readable(text: string, locale: string): string {
  if (isDate(text)) {
    return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(`${text}T00:00Z`));
  }
  if (isTime(text)) {
    return new Intl.DateTimeFormat(locale, { timeStyle: "short", timeZone: "UTC" }).format(
      new Date(`2000-01-01T${text.slice(0, 5)}Z`),
    );
  }
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return text;
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(at);
}

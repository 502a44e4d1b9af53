/** One line of a form: label, widget, hint and what is wrong with it. */

import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { fittingOptions, lengthOf, ratings, split, type Draft } from "../form/validate.ts";
import { isTime, widgetOf } from "../form/time.ts";
import type { FormLine, FormOption } from "../protocol/entry.ts";
import { words } from "../words.ts";

export interface FieldView {
  readonly id: string;
  readonly line: FormLine;
  readonly fields: readonly FormLine[];
  readonly draft: Draft;
  readonly error: string | undefined;
  readonly disabled: boolean;
  readonly maxFileBytes: number;
  readonly choose: (file: File | undefined) => void;
  readonly change: (value: string) => void;
  readonly leave: () => void;
}

export function renderField(view: FieldView): TemplateResult {
  const { line } = view;
  if (line.input === "checkbox") return checkbox(view);
  if (line.input === "select_many") return many(view);
  if (line.input === "rating") return rating(view);
  return html`<div class="field" data-field=${line.name}>
    <label for=${view.id}>${caption(line)}</label>
    ${hint(view)} ${limit(view)} ${widget(view)} ${counter(view)} ${complaint(view)}
  </div>`;
}

function caption(line: FormLine): unknown {
  return line.required ? line.label : html`${line.label} <span class="optional">(${words.optional})</span>`;
}

function hint({ id, line }: FieldView): unknown {
  return line.help ? html`<p class="hint" id="${id}-hint">${line.help}</p>` : nothing;
}

/** What a file may be, before one is chosen. */
function limit({ id, line, maxFileBytes }: FieldView): unknown {
  return line.input === "file" ? html`<p class="hint" id="${id}-limit">${words.fileLimit(maxFileBytes)}</p>` : nothing;
}

function complaint({ id, error }: FieldView): unknown {
  return error ? html`<p class="error" id="${id}-error">${error}</p>` : nothing;
}

function describedBy({ id, line, error }: FieldView): string | typeof nothing {
  const ids = [line.help ? `${id}-hint` : "", line.input === "file" ? `${id}-limit` : "", error ? `${id}-error` : ""].filter(Boolean);
  return ids.length > 0 ? ids.join(" ") : nothing;
}

/** How many characters are left, once that is worth knowing. */
function counter({ line, draft }: FieldView): unknown {
  const texts: readonly string[] = ["line", "area"];
  if (line.maxLength === undefined || !texts.includes(line.input)) return nothing;
  const left = line.maxLength - lengthOf(draft[line.name] ?? "");
  if (left < 0 || left > Math.min(40, line.maxLength / 5)) return nothing;
  return html`<p class="counter" aria-hidden="true">${words.remaining(left)}</p>`;
}

/** What a file may be, for the browser's choice of one. */
export const kinds = "image/*,video/mp4,video/quicktime,.pdf,.docx,.xlsx,.txt,.log,.csv";

function widget(view: FieldView): TemplateResult {
  const { line } = view;
  if (line.input === "select") return select(view);
  if (line.input === "file") {
    return html`<input
      id=${view.id}
      type="file"
      accept=${kinds}
      ?disabled=${view.disabled}
      aria-required=${String(line.required)}
      aria-invalid=${String(view.error !== undefined)}
      aria-describedby=${describedBy(view)}
      @change=${(event: Event) => view.choose((event.target as HTMLInputElement).files?.[0])}
    />`;
  }
  if (line.input === "area") {
    return html`<textarea
      id=${view.id}
      rows="3"
      dir="auto"
      .value=${live(view.draft[line.name] ?? "")}
      ?disabled=${view.disabled}
      aria-required=${String(line.required)}
      aria-invalid=${String(view.error !== undefined)}
      aria-describedby=${describedBy(view)}
      @input=${(event: InputEvent) => view.change((event.target as HTMLTextAreaElement).value)}
      @blur=${view.leave}
    ></textarea>`;
  }
  return html`<input
    id=${view.id}
    type=${inputType(line)}
    inputmode=${inputMode(line)}
    autocomplete=${completion(line)}
    dir="auto"
    min=${bound(line, line.min)}
    max=${bound(line, line.max)}
    .value=${live(view.draft[line.name] ?? "")}
    ?disabled=${view.disabled}
    aria-required=${String(line.required)}
    aria-invalid=${String(view.error !== undefined)}
    aria-describedby=${describedBy(view)}
    @input=${(event: InputEvent) => view.change((event.target as HTMLInputElement).value)}
    @blur=${view.leave}
  />`;
}

function inputType({ input }: FormLine): string {
  switch (input) {
    case "date":
    case "time":
    case "email":
    case "url":
      return input;
    case "phone":
      return "tel";
    case "date_time":
      return "datetime-local";
    default:
      return "text";
  }
}

function inputMode(line: FormLine): string | typeof nothing {
  if (line.input !== "number" || line.min === undefined || line.min.startsWith("-")) return nothing;
  return line.scale === 0 ? "numeric" : "decimal";
}

function completion({ input }: FormLine): string {
  const known: Partial<Record<FormLine["input"], string>> = { email: "email", phone: "tel", url: "url" };
  return known[input] ?? "off";
}

/** Bounds help the browser's pickers; what they miss is checked by us. */
function bound({ input }: FormLine, text: string | undefined): string | typeof nothing {
  if (text === undefined) return nothing;
  if (input === "date" || (input === "time" && isTime(text))) return text;
  return input === "date_time" ? widgetOf(text) : nothing;
}

function select(view: FieldView): TemplateResult {
  const { line, draft } = view;
  const options = fittingOptions(line, draft);
  const value = draft[line.name] ?? "";
  return html`<select
    id=${view.id}
    ?disabled=${view.disabled || options.length === 0}
    aria-required=${String(line.required)}
    aria-invalid=${String(view.error !== undefined)}
    aria-describedby=${describedBy(view)}
    @change=${(event: Event) => view.change((event.target as HTMLSelectElement).value)}
    @blur=${view.leave}
  >
    <option value="" .selected=${live(value === "")}>${emptyOption(view, options)}</option>
    ${options.map(
      (option) => html`<option value=${option.value} .selected=${live(option.value === value)}>${option.label}</option>`,
    )}
  </select>`;
}

function emptyOption(view: FieldView, options: readonly FormOption[]): string {
  if (options.length > 0) return words.selectPlaceholder;
  return waitingFor(view) ?? words.nothingFits("");
}

/** What to do first where a list has nothing to choose from. */
function waitingFor({ line, fields, draft }: FieldView): string | undefined {
  const controller = fields.find((other) => other.name === line.controller);
  if (!controller) return undefined;
  return draft[controller.name] ? words.nothingFits(controller.label) : words.chooseFirst(controller.label);
}

function checkbox(view: FieldView): TemplateResult {
  const { line, draft } = view;
  return html`<div class="field" data-field=${line.name}>
    <div class="tick">
      <input
        id=${view.id}
        type="checkbox"
        .checked=${live(draft[line.name] === "true")}
        ?disabled=${view.disabled}
        aria-required=${String(line.required)}
        aria-invalid=${String(view.error !== undefined)}
        aria-describedby=${describedBy(view)}
        @change=${(event: Event) => view.change(String((event.target as HTMLInputElement).checked))}
      />
      <label for=${view.id}>${line.label}</label>
    </div>
    ${hint(view)} ${complaint(view)}
  </div>`;
}

function many(view: FieldView): TemplateResult {
  const { line, draft } = view;
  const chosen = split(draft[line.name] ?? "");
  const options = fittingOptions(line, draft);
  const toggle = (value: string, on: boolean) => {
    const next = line.options.map((o) => o.value).filter((v) => (v === value ? on : chosen.includes(v)));
    view.change(next.join(";"));
  };
  return html`<fieldset class="field" data-field=${line.name} aria-describedby=${describedBy(view)}>
    <legend>${caption(line)}</legend>
    ${hint(view)}
    ${options.length === 0 ? html`<p class="hint">${waitingFor(view) ?? words.nothingFits("")}</p>` : nothing}
    ${options.map(
      ({ value, label }, at) => html`<div class="tick">
        <input
          id=${at === 0 ? view.id : `${view.id}-${at}`}
          type="checkbox"
          .checked=${live(chosen.includes(value))}
          ?disabled=${view.disabled}
          aria-invalid=${String(view.error !== undefined)}
          aria-describedby=${describedBy(view)}
          @change=${(event: Event) => toggle(value, (event.target as HTMLInputElement).checked)}
        />
        <label for=${at === 0 ? view.id : `${view.id}-${at}`}>${label}</label>
      </div>`,
    )}
    ${complaint(view)}
  </fieldset>`;
}

/** Radio buttons, which every browser and screen reader knows: arrows move, and each says its number of how many. */
function rating(view: FieldView): TemplateResult {
  const { line, draft } = view;
  const steps = ratings(line);
  const word = (at: number) => (at === 0 ? words.poor : at === steps.length - 1 ? words.excellent : "");
  return html`<fieldset class="field rating" data-field=${line.name} role="radiogroup" aria-required=${String(line.required)} aria-invalid=${String(view.error !== undefined)} aria-describedby=${describedBy(view)}>
    <legend>${caption(line)}</legend>
    ${hint(view)}
    <div class="scale">
      ${steps.map(
        (value, at) => html`<label class="step">
          <input
            id=${at === 0 ? view.id : `${view.id}-${at}`}
            type="radio"
            name=${view.id}
            .checked=${live(draft[line.name] === value)}
            ?disabled=${view.disabled}
            @change=${() => view.change(value)}
          />
          <span>${value}</span>
          <small>${word(at)}</small>
        </label>`,
      )}
    </div>
    ${complaint(view)}
  </fieldset>`;
}

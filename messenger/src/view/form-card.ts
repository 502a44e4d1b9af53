import { html, nothing } from "lit";
import { check, initialDraft, withChange, type Draft } from "../form/validate.ts";
import { ApiError } from "../protocol/api.ts";
import type { FormLine } from "../protocol/entry.ts";
import type { Piece } from "../session/transcript.ts";
import { words } from "../words.ts";
import { PageElement } from "./element.ts";
import { renderField } from "./field.ts";

export type FormPiece = Extract<Piece, { kind: "form" }>;

export interface FormActions {
  maxFileBytes(): number;
  /** Sends a file; gives the id by which the form names it. */
  upload(file: File): Promise<string>;
  submit(wait: number, id: string, values: Readonly<Record<string, string>>): Promise<void>;
  draft(wait: number): Draft | undefined;
  keepDraft(wait: number, draft: Draft): void;
}

type Errors = Readonly<Record<string, string>>;

/** A form that is to be filled in. */
export class FormCard extends PageElement {
  static override properties = {
    form: { attribute: false },
    draft: { state: true },
    errors: { state: true },
    notice: { state: true },
    stage: { state: true },
    summary: { state: true },
  };

  declare form: FormPiece;
  declare actions: FormActions;
  declare draft: Draft;
  declare errors: Errors;
  declare notice: string;
  declare stage: "filling" | "sending" | "sent";
  /** Whether the summary of errors is shown: from the first refusal on. */
  declare summary: boolean;

  /** The last attempt: repeated unchanged it keeps its id, so that the server takes it once. */
  #attempt: { readonly id: string; readonly body: string } | undefined;
  /** What was chosen, and under which id it was sent, by line. */
  readonly #files = new Map<string, { readonly file: File; id?: string }>();
  /** While the button is held down nothing may move it from under the pointer. */
  #pressing = false;

  constructor() {
    super();
    this.draft = {};
    this.errors = {};
    this.notice = "";
    this.stage = "filling";
    this.summary = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (Object.keys(this.draft).length > 0) return;
    const kept = this.actions.draft(this.form.wait);
    // Files are not kept over a reload.
    const files = this.form.fields.filter(isFile).map(({ name }) => [name, ""]);
    this.draft = { ...initialDraft(this.form.fields), ...kept, ...Object.fromEntries(files) };
  }

  override render() {
    const { form } = this;
    const heading = `form-${form.key}`;
    return html`<form class="card" novalidate aria-labelledby=${heading} @submit=${this.#submit}>
      <h2 id=${heading}>${form.title ?? untitled(form)}</h2>
      ${this.#renderSummary()}
      ${form.fields.map((line, at) =>
        renderField({
          id: this.#id(at),
          line,
          fields: form.fields,
          draft: this.draft,
          error: this.errors[line.name],
          disabled: this.stage !== "filling",
          maxFileBytes: this.actions.maxFileBytes(),
          choose: (file) => this.#choose(line, file),
          change: (value) => this.#change(line, value),
          leave: () => this.#leave(line),
        }),
      )}
      <p class="error" role="alert">${this.notice || nothing}</p>
      <button
        class="primary"
        ?disabled=${this.stage !== "filling"}
        @pointerdown=${() => (this.#pressing = true)}
        @pointerup=${() => (this.#pressing = false)}
        @pointerleave=${() => (this.#pressing = false)}
        @pointercancel=${() => (this.#pressing = false)}
      >
        ${this.stage === "filling" ? words.submit : words.sending}
      </button>
    </form>`;
  }

  #renderSummary() {
    const wrong = this.form.fields.filter((line) => this.errors[line.name] !== undefined);
    if (!this.summary || wrong.length < 2) return nothing;
    return html`<div class="summary">
      <p>${words.wrong(wrong.length)}</p>
      <ul>
        ${wrong.map(
          (line) => html`<li>
            <button type="button" class="link" @click=${() => this.#focus(line.name)}>${line.label}</button>
          </li>`,
        )}
      </ul>
    </div>`;
  }

  #id(at: number): string {
    return `field-${this.form.key}-${at}`;
  }

  #change(line: FormLine, value: string): void {
    const { fields, wait } = this.form;
    const before = this.draft;
    this.draft = withChange(fields, before, line.name, value);
    this.notice = "";
    this.actions.keepDraft(wait, this.draft);
    // What was wrong is judged again while it is mended; what is new is left in peace until it is left.
    const touched = fields.filter(
      ({ name }) => this.errors[name] !== undefined && (name === line.name || this.draft[name] !== before[name]),
    );
    for (const other of touched) this.#judge(other);
  }

  #choose(line: FormLine, file: File | undefined): void {
    const most = this.actions.maxFileBytes();
    const tooLarge = file !== undefined && file.size > most;
    this.#files.delete(line.name);
    if (file && !tooLarge) this.#files.set(line.name, { file });
    this.#change(line, file && !tooLarge ? file.name : "");
    if (tooLarge) this.errors = { ...this.errors, [line.name]: words.fileTooLarge(most) };
    else this.#judge(line);
  }

  #leave(line: FormLine): void {
    if (this.#pressing) return;
    const empty = (this.draft[line.name] ?? "") === "" && !this.#garbled(line);
    if (!empty) this.#judge(line);
  }

  #judge(line: FormLine): string | undefined {
    const checked = check(line, this.form.fields, this.draft, navigator.language, this.#garbled(line));
    const { [line.name]: _, ...others } = this.errors;
    this.errors = "error" in checked ? { ...others, [line.name]: checked.error } : others;
    return "value" in checked ? checked.value : undefined;
  }

  #garbled(line: FormLine): boolean {
    const input = this.#widget(this.form.fields.indexOf(line));
    return input instanceof HTMLInputElement && input.validity.badInput;
  }

  async #submit(event: Event): Promise<void> {
    event.preventDefault();
    if (this.stage !== "filling") return;
    this.notice = "";
    const values: Record<string, string> = {};
    for (const line of this.form.fields) {
      const value = this.#judge(line);
      if (value !== undefined) values[line.name] = value;
    }
    if (Object.keys(this.errors).length > 0) return this.#pointOut();
    this.stage = "sending";
    if (await this.#upload(values)) await this.#send(values);
  }

  /** Sends the files, and puts the ids by which the form names them into its values. */
  async #upload(values: Record<string, string>): Promise<boolean> {
    for (const [name, chosen] of this.#files) {
      try {
        values[name] = chosen.id ??= await this.actions.upload(chosen.file);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        this.stage = "filling";
        const said = { 413: words.fileTooLarge(this.actions.maxFileBytes()), 415: words.fileKind, 422: error.message };
        const wrong = said[error.status as keyof typeof said];
        await this.#refused(wrong ? new ApiError(422, "", { [name]: wrong }) : error);
        return false;
      }
    }
    return true;
  }

  async #send(values: Readonly<Record<string, string>>): Promise<void> {
    const body = JSON.stringify(values);
    if (this.#attempt?.body !== body) this.#attempt = { id: crypto.randomUUID(), body };
    this.stage = "sending";
    try {
      await this.actions.submit(this.form.wait, this.#attempt.id, values);
      this.stage = "sent";
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.stage = "filling";
      await this.#refused(error);
    }
  }

  async #refused(error: ApiError): Promise<void> {
    const known = this.form.fields.filter(({ name }) => error.fields[name] !== undefined);
    if (error.status === 422) {
      // What the server does not have any more is sent again.
      for (const { name } of known) delete this.#files.get(name)?.id;
      this.errors = Object.fromEntries(known.map(({ name }) => [name, error.fields[name] ?? words.formRefused]));
      if (known.length === 0) this.notice = error.message || words.formRefused;
      return this.#pointOut();
    }
    this.notice = error.status === 409 ? words.formPassed : words.formFailed;
  }

  /** Shows what is wrong and leads to the first of it. */
  async #pointOut(): Promise<void> {
    this.summary = true;
    await this.updateComplete;
    const first = this.form.fields.find(({ name }) => this.errors[name] !== undefined);
    if (first) this.#focus(first.name);
  }

  #focus(name: string): void {
    const widget = this.#widget(this.form.fields.findIndex((line) => line.name === name));
    widget?.focus({ preventScroll: true });
    const field = widget?.closest(".field");
    const summary = this.querySelector(".summary");
    if (!field) return;
    // The summary stays in sight where there is room for both.
    summary?.scrollIntoView({ block: "start" });
    field.scrollIntoView({ block: "nearest" });
  }

  override focus(): void {
    this.#widget(0)?.focus({ preventScroll: true });
  }

  #widget(at: number): HTMLElement | null {
    return this.querySelector<HTMLElement>(`#${this.#id(at)}`);
  }
}

function isFile({ input }: FormLine): boolean {
  return input === "file";
}

/** What stands above a form without a title. */
function untitled({ fields }: FormPiece): string {
  return fields.every(({ input }) => input === "rating") ? words.rating : words.form;
}

customElements.define("tide-form", FormCard);

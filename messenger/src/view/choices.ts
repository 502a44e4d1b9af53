import { html } from "lit";
import { ApiError } from "../protocol/api.ts";
import type { Entry } from "../protocol/entry.ts";
import { words } from "../words.ts";
import { PageElement } from "./element.ts";

export type ChoicesEntry = Extract<Entry, { kind: "choices" }>;

export type Choose = (wait: number, id: string, choice: number) => Promise<void>;

/** Buttons that answer a question. */
export class Choices extends PageElement {
  static override properties = {
    entry: { attribute: false },
    pressed: { state: true },
    notice: { state: true },
  };

  declare entry: ChoicesEntry;
  declare choose: Choose;
  declare pressed: number | undefined;
  declare notice: string;

  readonly #ids = new Map<number, string>();

  constructor() {
    super();
    this.notice = "";
  }

  override render() {
    return html`<div class="choices" role="group" aria-label=${this.entry.prompt || words.choices}>
      ${this.entry.choices.map(
        (label, at) => html`<button
          class="choice"
          dir="auto"
          aria-pressed=${String(this.pressed === at)}
          aria-disabled=${String(this.pressed !== undefined)}
          @click=${() => this.#press(at)}
        >
          ${label}
        </button>`,
      )}
      <p class="error" role="alert">${this.notice}</p>
    </div>`;
  }

  async #press(at: number): Promise<void> {
    if (this.pressed !== undefined) return;
    this.pressed = at;
    this.notice = "";
    // A second press of the same button repeats the first, under its id.
    const id = this.#ids.get(at) ?? crypto.randomUUID();
    this.#ids.set(at, id);
    try {
      await this.choose(this.entry.wait, id, at);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.pressed = undefined;
      this.notice = error.status === 409 ? words.choicePassed : words.choiceFailed;
    }
  }
}

customElements.define("tide-choices", Choices);

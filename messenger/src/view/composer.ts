import { html, nothing } from "lit";
import { words } from "../words.ts";
import { PageElement } from "./element.ts";
import { kinds } from "./field.ts";
import { fileIcon, sendIcon } from "./icons.ts";

/** Where the customer writes. Fires `typed` while that goes on, `say` with the text, and `file` with a file. */
export class Composer extends PageElement {
  static override properties = { text: { state: true }, maxFileBytes: { attribute: false }, sending: { attribute: false } };

  declare text: string;
  /** Bytes at most of a file; 0 where none is taken. */
  declare maxFileBytes: number;
  /** Whether a file is on its way. */
  declare sending: boolean;

  constructor() {
    super();
    this.text = "";
    this.maxFileBytes = 0;
    this.sending = false;
  }

  override focus(): void {
    this.#area?.focus();
  }

  /** Whether it has the focus and nothing was written. */
  get idle(): boolean {
    return this.text === "" && document.activeElement === this.#area;
  }

  get #area(): HTMLTextAreaElement | null {
    return this.querySelector("textarea");
  }

  override render() {
    return html`<form class="composer" @submit=${this.#submit}>
      ${this.maxFileBytes > 0 ? this.#renderFile() : nothing}
      <label class="unseen" for="composer">${words.composer}</label>
      <textarea
        id="composer"
        rows="1"
        dir="auto"
        enterkeyhint="send"
        autocomplete="off"
        placeholder=${words.placeholder}
        .value=${this.text}
        @input=${this.#typed}
        @keydown=${this.#key}
      ></textarea>
      <button class="send" aria-label=${words.send} title=${words.send} ?disabled=${this.text.trim() === ""}>
        ${sendIcon}
      </button>
    </form>`;
  }

  #renderFile() {
    const label = `${words.attach}: ${words.fileLimit(this.maxFileBytes)}`;
    return html`<label class="icon attach" title=${label}>
      <span class="unseen">${label}</span>${fileIcon}
      <input type="file" class="unseen" accept=${kinds} ?disabled=${this.sending} @change=${this.#chosen} />
    </label>`;
  }

  #chosen(event: Event): void {
    const input = event.target as HTMLInputElement;
    const [file] = input.files ?? [];
    // The same one again is a choice, too.
    input.value = "";
    if (file) this.dispatchEvent(new CustomEvent<File>("file", { detail: file, bubbles: true }));
  }

  protected override updated(): void {
    const area = this.#area;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
  }

  #typed(event: InputEvent): void {
    this.text = (event.target as HTMLTextAreaElement).value;
    this.dispatchEvent(new CustomEvent("typed", { bubbles: true }));
  }

  #key(event: KeyboardEvent): void {
    // Enter also ends a composition of Chinese or Japanese characters, which sends nothing.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    this.#submit(event);
  }

  #submit(event: Event): void {
    event.preventDefault();
    const text = this.text.trim();
    if (text === "") return;
    this.text = "";
    this.dispatchEvent(new CustomEvent<string>("say", { detail: text, bubbles: true }));
    this.focus();
  }
}

customElements.define("tide-composer", Composer);

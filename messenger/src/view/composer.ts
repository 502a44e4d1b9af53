import { html } from "lit";
import { words } from "../words.ts";
import { PageElement } from "./element.ts";
import { sendIcon } from "./icons.ts";

/** Where the customer writes. Fires `typed` while that goes on, and `say` with the text. */
export class Composer extends PageElement {
  static override properties = { text: { state: true } };

  declare text: string;

  constructor() {
    super();
    this.text = "";
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

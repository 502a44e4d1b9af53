import { html, nothing } from "lit";
import { ApiError } from "../protocol/api.ts";
import type { Entry } from "../protocol/entry.ts";
import { words } from "../words.ts";
import { PageElement } from "./element.ts";

export type VerifyEntry = Extract<Entry, { kind: "verify" }>;

export interface SignInActions {
  /** Asks the page; absent where no page is there that could. */
  readonly signIn: (() => void) | undefined;
  refuse(wait: number, id: string): Promise<void>;
}

/** Asks the visitor to sign in on the page that the chat stands on. */
export class SignIn extends PageElement {
  static override properties = {
    entry: { attribute: false },
    refusing: { state: true },
    notice: { state: true },
  };

  declare entry: VerifyEntry;
  declare actions: SignInActions;
  declare refusing: boolean;
  declare notice: string;

  #id: string | undefined;

  constructor() {
    super();
    this.refusing = false;
    this.notice = "";
  }

  override render() {
    const { signIn } = this.actions;
    return html`<div class="choices" role="group" aria-label=${words.signInFirst}>
      ${signIn ? html`<button class="choice" @click=${signIn}>${words.signIn}</button>` : nothing}
      <button class="choice" aria-disabled=${String(this.refusing)} @click=${this.#refuse}>${words.notNow}</button>
      <p class="error" role="alert">${this.notice}</p>
    </div>`;
  }

  readonly #refuse = async () => {
    if (this.refusing) return;
    this.refusing = true;
    this.notice = "";
    try {
      await this.actions.refuse(this.entry.wait, (this.#id ??= crypto.randomUUID()));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.refusing = false;
      this.notice = error.status === 409 ? words.choicePassed : words.choiceFailed;
    }
  };
}

customElements.define("tide-sign-in", SignIn);

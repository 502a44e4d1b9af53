import { html, nothing } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { repeat } from "lit/directives/repeat.js";
import { type Api, ApiError } from "../protocol/api.ts";
import type { Draft } from "../form/validate.ts";
import type { Session } from "../session/session.ts";
import { openWait, pieces, receiptOf, withAgents, working, type Wait } from "../session/transcript.ts";
import type { Settings } from "../settings.ts";
import { language, words } from "../words.ts";
import type { Composer } from "./composer.ts";
import { PageElement } from "./element.ts";
import type { FormActions, FormCard } from "./form-card.ts";
import type { SignInActions } from "./sign-in.ts";
import { checkIcon, closeIcon, downIcon, personIcon } from "./icons.ts";
import { Follower } from "./scroll.ts";
import { renderDraft, renderPending, renderPiece } from "./transcript.ts";

/** Sends what a button says, about a conversation, under an id of its own. */
type Send = (api: Api, conversation: string, id: string) => Promise<void>;

/** A break shorter than this is not worth a word. */
const grace = 1_200;
/** Who has waited so long for an agent is told that it takes long. */
const longWait = 60_000;

/** The whole page. */
export class Chat extends PageElement {
  static override properties = { banner: { state: true }, notice: { state: true }, asking: { state: true } };

  declare session: Session;
  declare settings: Settings;
  declare embedded: boolean;
  declare close: () => void;
  declare banner: boolean;
  declare notice: string;
  /** Whether what a button says is on its way. */
  declare asking: boolean;

  readonly #follower = new Follower(() => this.requestUpdate());
  #timer: ReturnType<typeof setTimeout> | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #shownEntries = 0;
  #shownPending = 0;
  #shownDraft = 0;
  #shownWait: Wait | undefined;
  #wantsFocus = false;
  /** Whether the focus is where we led it, and not where the customer put it. */
  #handedOver = false;
  #pressed: { readonly what: string; readonly id: string } | undefined;

  constructor() {
    super();
    this.banner = false;
    this.notice = "";
    this.asking = false;
    addEventListener("online", () => this.session?.hurry());
    addEventListener("offline", () => this.requestUpdate());
    addEventListener("resize", () => this.#keepEnd());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      if (this.session?.link === "lost") this.session.hurry();
      this.requestUpdate();
    });
  }

  /** Leads to where the customer writes, as soon as that is there. */
  override focus(): void {
    const place = this.querySelector<HTMLElement>("tide-composer, .ended button");
    this.#wantsFocus = place === null;
    place?.focus();
  }

  protected override willUpdate(): void {
    const lost = this.session?.link === "lost";
    if (this.session?.link === "open") {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.banner = false;
    } else if (lost && this.#timer === undefined) {
      this.#timer = setTimeout(() => (this.banner = true), grace);
    }
  }

  override render() {
    if (!this.session) return nothing;
    return html`
      <header class="bar">
        <h1>${this.settings.title}</h1>
        ${this.embedded
          ? html`<button class="icon" aria-label=${words.close} title=${words.close} @click=${this.close}>
              ${closeIcon}
            </button>`
          : nothing}
      </header>
      ${this.#renderBanner()}
      <main>${this.session.phase === "refused" ? this.#renderRefusal() : this.#renderLog()}</main>
      ${this.session.phase === "open" ? this.#renderDock() : nothing}
    `;
  }

  #renderBanner() {
    const text = navigator.onLine ? words.connectionLost : words.offline;
    return html`<div class="banner" role="status">
      ${this.banner
        ? html`<p>${text} <button class="link" @click=${() => this.session.hurry()}>${words.retryNow}</button></p>`
        : nothing}
    </div>`;
  }

  #renderRefusal() {
    return html`<div class="refusal" role="alert">
      <p>${words.cannotOpen} ${this.session.refusal}</p>
      <button class="primary" @click=${() => this.session.open()}>${words.tryAgain}</button>
    </div>`;
  }

  #renderLog() {
    const { session } = this;
    const wait = openWait(session.entries);
    const all = pieces(session.entries);
    const receipt = receiptOf(all, session.passing);
    return html`<div
        class="log ${session.caughtUp ? "lively" : ""}"
        role="log"
        aria-label=${words.log}
        aria-live=${session.caughtUp ? "polite" : "off"}
        tabindex="0"
        @scroll=${(event: Event) => this.#follower.scrolled(event.target as HTMLElement)}
      >
        <div class="flow">
          ${session.entries.length === 0 && !session.caughtUp ? html`<p class="note quiet">${words.connecting}</p>` : nothing}
          ${repeat(
            all,
            (piece) => `${session.conversation}-${piece.key}`,
            (piece) => renderPiece(piece, this.#formActions, this.#save, receipt),
          )}
          ${wait?.kind === "choices"
            ? keyed(wait.sequence, html`<tide-choices .entry=${wait} .choose=${this.#choose}></tide-choices>`)
            : nothing}
          ${wait?.kind === "verify"
            ? keyed(wait.sequence, html`<tide-sign-in .entry=${wait} .actions=${this.#signInActions}></tide-sign-in>`)
            : nothing}
          ${repeat(
            session.pending,
            (item) => item.id,
            (item) => renderPending(item, session),
          )}
          ${this.#renderAgents()}
          ${working(session.entries) && session.link === "open" ? this.#renderWork() : nothing}
        </div>
      </div>
      ${this.#follower.atEnd
        ? nothing
        : html`<button class="to-end" aria-label=${words.newest} title=${words.newest} @click=${this.#toEnd}>${downIcon}</button>`}`;
  }

  #renderWork() {
    const { draft } = this.session;
    return html`${draft === "" ? nothing : renderDraft(draft)} ${dots(words.working)}`;
  }

  /** How it stands with the agents, while the customer waits for one or for an answer. */
  #renderAgents() {
    const { passing, entries } = this.session;
    const agents = withAgents(entries);
    if (!agents) return nothing;
    if (agents.state === "joined") return passing.typing ? dots(words.agentTypes) : nothing;
    const left = agents.at.getTime() + longWait - Date.now();
    clearTimeout(this.#patience);
    if (left > 0) this.#patience = setTimeout(() => this.requestUpdate(), left);
    const parts = [
      words.awaited,
      passing.position === undefined ? "" : words.position(passing.position),
      passing.waitSeconds === undefined ? "" : words.wait(Math.ceil(passing.waitSeconds / 60)),
      left > 0 ? "" : words.longWait,
    ];
    return html`<p class="note quiet" role="status">${parts.filter((part) => part !== "").join(" ")}</p>`;
  }

  #renderDock() {
    const { session } = this;
    if (session.ended) {
      return html`<footer class="dock ended">
        <p>${words.ended}</p>
        <button class="primary" @click=${this.#startNew}>${words.startNew}</button>
      </footer>`;
    }
    const wait = openWait(session.entries);
    const helped = wait?.kind === "asked" && wait.helped;
    return html`<footer class="dock">
      <div class="ways">
        ${helped
          ? this.#renderWay(checkIcon, words.helped, `helped${wait.wait}`, (api, talk, id) => api.helped(talk, id, wait.wait))
          : nothing}
        ${wait?.human ? this.#renderWay(personIcon, words.human, "human", (api, talk, id) => api.human(talk, id)) : nothing}
      </div>
      ${this.notice ? html`<p class="error" role="alert">${this.notice}</p>` : nothing}
      <tide-composer
        .maxFileBytes=${session.maxFileBytes}
        .sending=${this.asking}
        @file=${(event: CustomEvent<File>) => this.#sendFile(event.detail)}
        @typed=${() => this.session.typed()}
        @say=${(event: CustomEvent<string>) => this.#say(event.detail)}
      ></tide-composer>
    </footer>`;
  }

  #renderWay(icon: unknown, text: string, what: string, send: Send) {
    return html`<button class="way" ?disabled=${this.asking} @click=${() => this.#press(what, send)}>${icon}${text}</button>`;
  }

  protected override updated(): void {
    const { session } = this;
    if (!session) return;
    const grown = session.entries.length !== this.#shownEntries || session.pending.length > this.#shownPending;
    const drafted = session.draft.length > this.#shownDraft;
    if (document.documentElement.lang !== language) {
      // What stands there already is said in the language that is spoken now.
      document.documentElement.lang = language;
      this.querySelectorAll<PageElement>("*").forEach((e) => e.requestUpdate?.());
    }
    const own = session.pending.length > this.#shownPending;
    this.#shownEntries = session.entries.length;
    this.#shownPending = session.pending.length;
    this.#shownDraft = session.draft.length;
    if (grown && (own || this.#follower.atEnd)) this.#keepEnd(true);
    else if (drafted) this.#keepEnd();
    this.#keepFocus();
    if (this.#follower.atEnd) session.saw();
    if (this.#wantsFocus) void this.querySelector<Composer>("tide-composer")?.updateComplete.then(() => this.focus());
  }

  /**
   * A form or buttons that vanish under the focus hand it to where the conversation goes on: to the next form, else to
   * the composer. Not on touch screens, where that would bring up the keyboard.
   */
  #keepFocus(): void {
    const wait = openWait(this.session.entries);
    const before = this.#shownWait;
    this.#shownWait = wait;
    if (before?.wait === wait?.wait || matchMedia("(pointer: coarse)").matches) return;
    const composer = this.querySelector<Composer>("tide-composer");
    const lost = document.activeElement === document.body || document.activeElement === null;
    const gone = before !== undefined && before.kind !== "asked" && lost;
    this.#handedOver = gone || (this.#handedOver && composer?.idle === true);
    if (!this.#handedOver) return;
    const form = wait?.kind === "form" ? this.querySelector<FormCard>("tide-form") : null;
    if (form) void form.updateComplete.then(() => form.focus());
    else this.focus();
  }

  async #keepEnd(force = false): Promise<void> {
    if (!force && !this.#follower.atEnd) return;
    await Promise.all([...this.querySelectorAll<PageElement>("tide-form, tide-choices, tide-sign-in")].map((e) => e.updateComplete));
    const log = this.querySelector<HTMLElement>(".log");
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (log) this.#follower.toEnd(log, this.session.caughtUp && !calm);
  }

  readonly #toEnd = () => void this.#keepEnd(true);

  readonly #startNew = async () => {
    await this.session.open();
    await this.updateComplete;
    this.querySelector<Composer>("tide-composer")?.focus();
  };

  #say(text: string): void {
    this.session.say(text);
  }

  async #sendFile(file: File): Promise<void> {
    const most = this.session.maxFileBytes;
    this.notice = file.size > most ? words.fileTooLarge(most) : "";
    if (this.notice !== "") return;
    this.asking = true;
    try {
      await this.session.sendFile(file);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.notice = { 413: words.fileTooLarge(most), 415: words.fileKind }[error.status] ?? words.fileFailed;
    } finally {
      this.asking = false;
    }
  }

  readonly #save = async (file: string, name: string) => {
    const { session } = this;
    let blob = new Blob();
    this.notice = "";
    try {
      await session.act(async () => {
        blob = await session.api.file(session.conversation, file);
      });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.notice = words.fileGone(name);
      return;
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };

  readonly #choose = (wait: number, id: string, choice: number) =>
    this.session.act(() => this.session.api.choose(this.session.conversation, id, wait, choice));

  get #signInActions(): SignInActions {
    const { session } = this;
    return {
      signIn: session.host.vouches ? () => session.host.signIn() : undefined,
      refuse: (wait, id) => session.act(() => session.api.refuse(session.conversation, id, wait)),
    };
  }

  /** Sends what a button beside the composer says, once, however often that is tried. */
  async #press(what: string, send: Send): Promise<void> {
    this.asking = true;
    this.notice = "";
    try {
      if (this.#pressed?.what !== what) this.#pressed = { what, id: crypto.randomUUID() };
      const { id } = this.#pressed;
      await this.session.act(() => send(this.session.api, this.session.conversation, id));
      this.#pressed = undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.notice = words.humanFailed;
    } finally {
      this.asking = false;
    }
  }

  readonly #formActions: FormActions = {
    maxFileBytes: () => this.session.api.maxFileBytes,
    upload: async (file) => {
      let id = "";
      await this.session.act(async () => {
        id = await this.session.api.upload(this.session.conversation, file);
      });
      return id;
    },
    submit: (wait, id, values) =>
      this.session.act(() => this.session.api.submit(this.session.conversation, id, wait, values)),
    draft: (wait) => this.session.vault.draft(this.#draftName(wait)) as Draft | undefined,
    keepDraft: (wait, draft) => this.session.vault.keepDraft(this.#draftName(wait), draft),
  };

  #draftName(wait: number): string {
    return `form:${this.session.conversation}:${wait}`;
  }
}

function dots(label: string) {
  return html`<p class="working" role="img" aria-label=${label}><i></i><i></i><i></i></p>`;
}

customElements.define("tide-chat", Chat);

/** One visitor's conversation: opens it, follows it, sends into it, and remembers what a reload needs. */

import { type Api, ApiError, type OpenRequest } from "../protocol/api.ts";
import type { Entry } from "../protocol/entry.ts";
import { Connection, type Link } from "./connection.ts";
import { Files } from "./files.ts";
import type { Host } from "./host.ts";
import { nothingNow, type Passing } from "../protocol/passing.ts";
import { subjectOf } from "./identity.ts";
import { Outbox, type Outgoing } from "./outbox.ts";
import type { Vault } from "./storage.ts";
import { withAgents } from "./transcript.ts";
import { Typing } from "./typing.ts";
import { speak } from "../words.ts";

/** Until it is begun, a session waits, and there is no conversation. */
export type Phase = "waiting" | "opening" | "open" | "refused";

/** How long the stream is quiet when all that had been said has come. */
const settled = 250;

export class Session {
  phase: Phase = "waiting";
  /** Why the chat could not be opened. */
  refusal = "";
  link: Link = "connecting";
  /** Whether what had been said before has come; what follows is new. */
  caughtUp = false;
  conversation = "";
  entries: readonly Entry[] = [];
  passing: Passing = nothingNow;
  /** What the AI is about to say, up to now. */
  draft = "";

  readonly #outbox: Outbox;
  readonly #files: Files;
  /** The visit of which something was shown that the visitor takes up. */
  #takesUp: number | undefined;
  #visits = Promise.resolve(false);
  #connection: Connection | undefined;
  #visible = true;
  #settle: ReturnType<typeof setTimeout> | undefined;
  #opening = false;
  #rejections = 0;
  /** The last entry of the agents' side that they know was seen. */
  #seen = 0;
  readonly #typing = new Typing((typing) => {
    // It only matters now: where it fails, nobody tries again.
    this.api.typing(this.conversation, typing).catch(() => undefined);
  });

  constructor(
    readonly messenger: string,
    readonly api: Api,
    readonly vault: Vault,
    readonly host: Host,
    readonly changed: () => void,
  ) {
    this.#files = new Files(api, vault);
    this.#outbox = new Outbox(api, vault.draft("outbox"), (items) => vault.keepDraft("outbox", items), {
      changed,
      delivered: (conversation) => this.#follow(conversation),
      last: (conversation) => (conversation === this.conversation ? this.#last : 0),
      rejected: () => this.#reopen(),
    });
  }

  get pending(): readonly Outgoing[] {
    return this.#outbox.items;
  }

  get ended(): boolean {
    return this.entries.some((entry) => entry.kind === "ended");
  }

  get #last(): number {
    return this.entries.at(-1)?.sequence ?? 0;
  }

  /** Opens for the first time; `visit` is the one of which something was shown that is taken up. */
  begin(visit?: number): void {
    if (this.phase !== "waiting") return;
    this.phase = "opening";
    this.#takesUp = visit;
    void this.open();
  }

  /** The site may know by now who the visitor is. */
  identified(): void {
    if (this.phase !== "waiting") void this.open();
  }

  /** Opens the visitor's conversation, or begins one. Safe to call again at any time. */
  async open(): Promise<void> {
    if (this.#opening) return;
    this.#opening = true;
    try {
      const opened = await this.#asked((request) => this.api.open(request), this.#takesUp);
      this.#takesUp = undefined;
      this.phase = "open";
      this.#follow(opened.conversation, true);
      void this.#outbox.flush();
    } catch (error) {
      this.#couldNotOpen(error);
    } finally {
      this.#opening = false;
      this.changed();
    }
  }

  /** Shows what there is for a visitor who has not opened the chat; of several visits one after another. */
  visit(after: number): void {
    this.#visits = this.#visits.then((shown) => shown || this.#visit(after));
  }

  /** Whether something is shown, or the chat is open by now. */
  async #visit(after: number): Promise<boolean> {
    if (this.phase !== "waiting") return true;
    try {
      const { says, language } = await this.#asked((request) => this.api.visit(request), after);
      if (this.phase !== "waiting") return true;
      if (says.length > 0) this.host.tease(after, says, language);
      return says.length > 0;
    } catch (error) {
      // Nobody has asked for anything, so nobody is told that it failed.
      if (!(error instanceof ApiError)) throw error;
      return false;
    }
  }

  /** Asks as whoever the site says is there, and keeps the token that comes. */
  async #asked<T extends { readonly token?: string }>(ask: (request: OpenRequest) => Promise<T>, visit?: number): Promise<T> {
    const hello = await this.host.hello();
    const subject = hello.identity === undefined ? undefined : subjectOf(hello.identity);
    if (this.host.vouches) this.#forgetOthers(subject);
    this.api.token = this.vault.kept.token;
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const browser = { language: navigator.language, time_zone: timeZone };
    const visited = visit === undefined ? {} : { visit: { after_ms: visit } };
    const answer = await this.#known(ask, { messenger: this.messenger, ...browser, ...hello, ...visited });
    // Whoever has opened the chat meanwhile has a token by that, and keeps it.
    if (!("conversation" in answer) && this.phase !== "waiting") return answer;
    if (answer.token) {
      this.api.token = answer.token;
      this.vault.keep({ token: answer.token });
    }
    if (subject !== undefined && (answer.token || "conversation" in answer)) this.vault.keep({ signedAs: subject });
    return answer;
  }

  /** What a signed-in visitor left behind is not for whoever sits there after them. */
  #forgetOthers(subject: string | undefined): void {
    const { signedAs } = this.vault.kept;
    if (signedAs === undefined || signedAs === subject) return;
    void this.#endToken();
    this.#outbox.clear();
    this.vault.clear();
  }

  /** Where the server can't be reached, the token is forgotten here all the same. */
  async #endToken(): Promise<void> {
    this.api.token = this.vault.kept.token;
    if (this.api.token) await this.api.logout().catch(() => undefined);
  }

  /** A token that the server does not know any more is forgotten, and the visitor begins as a new one. */
  async #known<T>(ask: (request: OpenRequest) => Promise<T>, request: OpenRequest): Promise<T> {
    try {
      return await ask(request);
    } catch (error) {
      if (!(error instanceof ApiError && error.unknownVisitor && this.api.token)) throw error;
      this.api.token = undefined;
      return ask(request);
    }
  }

  #couldNotOpen(error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    if (error.transient) {
      this.link = "lost";
      setTimeout(() => void this.open(), error.retryAfter ?? 3_000);
    } else {
      this.phase = "refused";
      this.refusal = error.message;
    }
  }

  /** Opens again, the later the more often that was in vain. */
  #reopen(): void {
    const delay = this.#rejections === 0 ? 0 : Math.min(30_000, 1_000 * 2 ** this.#rejections);
    this.#rejections += 1;
    setTimeout(() => void this.open(), delay);
  }

  /** The customer has typed something. */
  typed(): void {
    if (withAgents(this.entries)?.state === "joined") this.#typing.typed();
  }

  /** What stands at the conversation's end is before the customer's eyes, if anything of it is. */
  saw(): void {
    const last = this.entries.findLast((entry) => "from" in entry && entry.from !== "customer")?.sequence ?? 0;
    if (!this.#visible || document.hidden || !withAgents(this.entries) || last <= this.#seen) return;
    this.#seen = last;
    // It decides nothing: where it fails, nobody tries again.
    this.api.seen(this.conversation, last).catch(() => undefined);
  }

  say(text: string): void {
    this.#typing.stopped();
    this.#outbox.add(this.conversation, text, this.#last);
  }

  /** Bytes at most of a file for the agents; 0 where none is taken. */
  get maxFileBytes(): number {
    return withAgents(this.entries) ? Math.min(this.api.maxFileBytes, this.passing.maxFileBytes ?? Infinity) : 0;
  }

  /** Sends the agents a file. */
  async sendFile(file: File): Promise<void> {
    await this.#files.send(this.conversation, file, (request) => this.act(request));
  }

  /** Does something in the conversation; where the token was replaced meanwhile, once more with the new one. */
  async act(request: () => Promise<void>): Promise<void> {
    try {
      await request();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // This tab is behind: what is asked by now comes by a stream that is surely alive.
      if (error.status === 409) this.#follow(this.conversation, true);
      if (error.status !== 401) throw error;
      await this.open();
      await request();
    }
  }

  retry(id: string): void {
    this.#outbox.retry(id);
  }

  discard(id: string): void {
    this.#outbox.discard(id);
  }

  /** Tries whatever waits for the network at once. */
  hurry(): void {
    if (this.phase !== "open") this.identified();
    this.#connection?.hurry();
    void this.#outbox.flush();
  }

  shown(visible: boolean): void {
    this.#visible = visible;
    this.#countUnread();
    this.changed();
  }

  /** The visitor has signed out: nothing of theirs stays in this browser. */
  async forget(): Promise<void> {
    this.#connection?.stop();
    const ended = this.#endToken();
    this.#outbox.clear();
    this.vault.clear();
    this.host.live(false);
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 2_000))]);
    location.reload();
  }

  #follow(conversation: string, again = false): void {
    if (conversation === this.conversation && !again) return;
    this.#connection?.stop();
    if (conversation !== this.conversation) {
      this.conversation = conversation;
      this.#seen = 0;
      this.#restart();
      if (this.vault.kept.conversation !== conversation) this.vault.keep({ conversation, read: 0 });
    }
    this.host.live(true);
    this.#connection = new Connection(this.api, conversation, {
      entry: (entry) => this.#take(conversation, entry),
      reset: () => this.#restart(),
      passing: (passing) => this.#changePassing(passing),
      draft: (text) => this.#changeDraft(text),
      link: (link) => this.#linked(link),
      rejected: () => this.#reopen(),
    });
    this.#connection.start(this.#last);
    this.changed();
  }

  #changePassing(passing: Passing): void {
    this.passing = passing;
    this.changed();
  }

  #changeDraft(text: string): void {
    this.draft = text;
    this.changed();
  }

  #restart(): void {
    this.entries = [];
    this.draft = "";
    this.passing = nothingNow;
    this.caughtUp = false;
    this.changed();
  }

  #take(conversation: string, entry: Entry): void {
    if (entry.sequence <= this.#last) return;
    this.entries = [...this.entries, entry];
    // It has been said, or will not be.
    if (!(entry.kind === "said" && entry.from === "customer")) this.draft = "";
    if (entry.kind === "speaks") speak(entry.language);
    this.#outbox.seen(conversation, entry);
    if (entry.kind === "file") this.#files.seen(conversation, entry.file);
    if (entry.kind === "ended") this.host.live(false);
    if (!this.caughtUp) this.#waitForQuiet();
    this.#countUnread();
    this.changed();
  }

  #linked(link: Link): void {
    this.link = link;
    // Whoever comes back is told anew.
    if (link === "connecting") {
      this.passing = nothingNow;
      this.draft = "";
    }
    if (link === "open") {
      this.#rejections = 0;
      void this.#outbox.flush();
      if (!this.caughtUp) this.#waitForQuiet();
    }
    this.changed();
  }

  #waitForQuiet(): void {
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => {
      this.caughtUp = true;
      this.changed();
    }, settled);
  }

  #countUnread(): void {
    if (this.#visible) {
      if (this.#last > (this.vault.kept.read ?? 0)) this.vault.keep({ read: this.#last });
      this.host.unread(0);
      return;
    }
    const read = this.vault.kept.read ?? 0;
    this.host.unread(this.entries.filter((entry) => entry.sequence > read && speaks(entry)).length);
  }
}

/** Whether an entry is something that the customer wants to read. */
function speaks(entry: Entry): boolean {
  if (entry.kind === "said" || entry.kind === "file") return entry.from !== "customer";
  return entry.kind === "verify" || entry.kind === "choices" || entry.kind === "form" || entry.kind === "case_created";
}

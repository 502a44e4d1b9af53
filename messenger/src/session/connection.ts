/** Follows the events of one conversation, and comes back after every break. */

import { type Api, ApiError } from "../protocol/api.ts";
import { type Entry, parseEntry } from "../protocol/entry.ts";
import { EventParser } from "../protocol/events.ts";
import { type Passing, parseDraft, parsePassing } from "../protocol/passing.ts";

export type Link = "connecting" | "open" | "lost";

export interface Listener {
  entry(entry: Entry): void;
  /** Everything comes again, from the beginning. */
  reset(): void;
  /** What only matters now. */
  passing(passing: Passing): void;
  /** What an AI is about to say, up to now. */
  draft(text: string): void;
  link(link: Link): void;
  /** The token or the conversation is not known any more. */
  rejected(): void;
}

/** The server sends a comment every 15 s; twice missed and something more, the line is dead. */
const silence = 40_000;
const backoff = { first: 400, most: 15_000 };

export class Connection {
  #last = "";
  #failures = 0;
  /** When the server that ended the stream wants to be asked again. */
  #retry: number | undefined;
  #abort = new AbortController();
  #wake: (() => void) | undefined;
  #stopped = false;

  constructor(
    readonly api: Api,
    readonly conversation: string,
    readonly listener: Listener,
  ) {}

  /** `after` is the last entry that is known already. */
  start(after: number): void {
    this.#last = after > 0 ? String(after) : "";
    void this.#run();
  }

  stop(): void {
    this.#stopped = true;
    this.#abort.abort();
    this.#wake?.();
  }

  /** Tries at once, where it was waiting for a next time. */
  hurry(): void {
    this.#failures = 0;
    this.#wake?.();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#follow();
        this.#failures = 0;
      } catch (error) {
        if (this.#stopped) return;
        if (error instanceof ApiError && error.unknownVisitor) {
          this.listener.rejected();
          return;
        }
        this.#failures += 1;
      }
      if (this.#stopped) return;
      this.listener.link("lost");
      await this.#pause();
      if (!this.#stopped) this.listener.link("connecting");
    }
  }

  /** Reads until the stream ends. */
  async #follow(): Promise<void> {
    this.#abort = new AbortController();
    const watch = new Watchdog(() => this.#abort.abort());
    try {
      const body = await this.api.events(this.conversation, this.#last, this.#abort.signal);
      this.#failures = 0;
      this.listener.link("open");
      const reader = body.getReader();
      const decoder = new TextDecoder();
      const parser = new EventParser();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        watch.feed();
        const events = parser.push(decoder.decode(value, { stream: true }));
        this.#retry = parser.retry;
        for (const event of events) {
          if (this.#stopped) return;
          this.#take(event.id, event.name, event.data);
        }
      }
    } finally {
      watch.stop();
    }
  }

  #take(id: string, name: string, data: string): void {
    if (name === "reset") {
      this.#last = "";
      this.listener.reset();
      return;
    }
    if (name === "passing") this.listener.passing(parsePassing(data));
    if (name === "draft") this.listener.draft(parseDraft(data));
    if (id) this.#last = id;
    const entry = name === "entry" ? parseEntry(data) : undefined;
    if (entry) this.listener.entry(entry);
  }

  #pause(): Promise<void> {
    const full = Math.min(backoff.most, backoff.first * 2 ** Math.min(this.#failures, 10));
    const pause = Math.max(full * (0.5 + Math.random() / 2), Math.min(backoff.most, this.#retry ?? 0));
    this.#retry = undefined;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), pause);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }
}

/** Calls when it has not been fed for too long. */
class Watchdog {
  #timer: ReturnType<typeof setTimeout>;

  constructor(readonly bark: () => void) {
    this.#timer = setTimeout(bark, silence);
  }

  feed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.bark, silence);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

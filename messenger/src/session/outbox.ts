/**
 * The customer's words on their way: one after the other, each under an id of its own that a repetition keeps, so that
 * the server takes it once however often it arrives.
 */

import { type Api, ApiError } from "../protocol/api.ts";
import type { Entry } from "../protocol/entry.ts";

export interface Outgoing {
  readonly id: string;
  readonly conversation: string;
  readonly text: string;
  /** The last entry that stood in the conversation when it was written. */
  readonly after: number;
  readonly at: number;
  /** `sent` is acknowledged, and shown from here until its entry comes by the stream. */
  readonly state: "sending" | "waiting" | "failed" | "sent";
  /** The acknowledged entry's number. */
  readonly sequence?: number;
  /** Why the server refused it. */
  readonly reason?: string;
}

export interface OutboxListener {
  changed(): void;
  /** It was taken; where the conversation had ended, into another one. */
  delivered(conversation: string): void;
  /** The last entry that the stream has brought. */
  last(conversation: string): number;
  rejected(): void;
}

const retryAfter = 3_000;

export class Outbox {
  #items: readonly Outgoing[];
  #busy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly api: Api,
    kept: unknown,
    readonly save: (items: readonly Outgoing[]) => void,
    readonly listener: OutboxListener,
  ) {
    this.#items = Array.isArray(kept) ? kept.filter(isOutgoing) : [];
  }

  get items(): readonly Outgoing[] {
    return this.#items;
  }

  add(conversation: string, text: string, after: number): void {
    const item: Outgoing = {
      id: crypto.randomUUID(),
      conversation,
      text,
      after,
      at: Date.now(),
      state: "sending",
    };
    this.#set([...this.#items, item]);
    void this.flush();
  }

  retry(id: string): void {
    this.#change(id, { state: "sending" });
    void this.flush();
  }

  discard(id: string): void {
    this.#set(this.#items.filter((item) => item.id !== id));
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#set([]);
  }

  /**
   * What the stream brings need not be shown from here any more: what it has passed the number of, and words of ours
   * whose acknowledgement was lost or is still on its way.
   */
  seen(conversation: string, entry: Entry): void {
    const here = this.#items.filter((item) => item.conversation === conversation);
    const passed = here.filter(({ sequence }) => sequence !== undefined && sequence <= entry.sequence);
    const ours = passed.length > 0 ? undefined : here.find((item) => isSame(item, entry));
    for (const item of ours ? [ours] : passed) this.discard(item.id);
  }

  /** Sends what is not refused, in order. */
  async flush(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    clearTimeout(this.#timer);
    try {
      for (;;) {
        const next = this.#items.find(({ state }) => state === "sending" || state === "waiting");
        if (!next || !(await this.#send(next))) return;
      }
    } finally {
      this.#busy = false;
    }
  }

  /** Whether the next one may follow. */
  async #send(item: Outgoing): Promise<boolean> {
    if (item.state !== "sending") this.#change(item.id, { state: "sending" });
    try {
      const { sequence, conversation } = await this.api.say(item.conversation, item.id, item.text);
      if (this.listener.last(conversation) >= sequence) this.discard(item.id);
      else this.#change(item.id, { state: "sent", sequence, conversation });
      this.listener.delivered(conversation);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return this.#refused(item, error);
    }
  }

  #refused(item: Outgoing, error: ApiError): boolean {
    if (error.transient) {
      this.#change(item.id, { state: "waiting" });
      this.#timer = setTimeout(() => void this.flush(), error.retryAfter ?? retryAfter);
      return false;
    }
    if (error.status === 401) {
      this.#change(item.id, { state: "waiting" });
      this.listener.rejected();
      return false;
    }
    this.#change(item.id, { state: "failed", reason: error.fields["text"] ?? error.message });
    return true;
  }

  #change(id: string, changes: Partial<Outgoing>): void {
    this.#set(this.#items.map((item) => (item.id === id ? { ...item, ...changes } : item)));
  }

  #set(items: readonly Outgoing[]): void {
    this.#items = items;
    this.save(items);
    this.listener.changed();
  }
}

function isSame(item: Outgoing, entry: Entry): boolean {
  return entry.kind === "said" && entry.from === "customer" && entry.text === item.text && item.after < entry.sequence;
}

function isOutgoing(value: unknown): value is Outgoing {
  if (typeof value !== "object" || value === null) return false;
  const item = value as Record<string, unknown>;
  return (
    ["id", "conversation", "text", "state"].every((key) => typeof item[key] === "string") &&
    ["after", "at"].every((key) => typeof item[key] === "number")
  );
}

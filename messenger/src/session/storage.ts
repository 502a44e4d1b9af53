/** What outlives a reload. Where the browser refuses storage, it lives in memory and the chat works until it closes. */

export interface Kept {
  readonly token?: string;
  /** The subject of the signed identity that the token was given for; absent for an unsigned visitor. */
  readonly signedAs?: string;
  readonly conversation?: string;
  /** The last entry that the customer has seen in that conversation. */
  readonly read?: number;
}

export class Vault {
  readonly #memory = new Map<string, string>();
  readonly #area: Storage | undefined;
  readonly #tab: Storage | undefined;
  readonly #prefix: string;

  /** `kind` says where the visitor's token rests: `session` forgets it with the tab. */
  constructor(messenger: string, kind: "local" | "session") {
    this.#prefix = `tidegate:${messenger}`;
    this.#area = available(kind);
    this.#tab = available("session");
  }

  get kept(): Kept {
    return (this.#read(this.#area, this.#prefix) ?? {}) as Kept;
  }

  keep(changes: Kept): void {
    this.#write(this.#area, this.#prefix, { ...this.kept, ...changes });
  }

  /** What this tab alone has under way: messages not yet acknowledged, half-filled forms. */
  draft(name: string): unknown {
    return this.#read(this.#tab, `${this.#prefix}:${name}`);
  }

  /** `undefined` forgets it. */
  keepDraft(name: string, value: unknown): void {
    this.#write(this.#tab, `${this.#prefix}:${name}`, value);
  }

  /** Forgets the visitor. */
  clear(): void {
    this.#memory.clear();
    for (const area of [this.#area, this.#tab]) {
      if (!area) continue;
      const names = Array.from({ length: area.length }, (_, at) => area.key(at) ?? "");
      for (const name of names) {
        if (name === this.#prefix || name.startsWith(`${this.#prefix}:`)) area.removeItem(name);
      }
    }
  }

  #read(area: Storage | undefined, name: string): unknown {
    const text = area ? area.getItem(name) : this.#memory.get(name);
    try {
      return text === null || text === undefined ? undefined : JSON.parse(text);
    } catch {
      return undefined;
    }
  }

  #write(area: Storage | undefined, name: string, value: unknown): void {
    if (value === undefined) {
      area?.removeItem(name);
      this.#memory.delete(name);
      return;
    }
    const text = JSON.stringify(value);
    try {
      if (area) area.setItem(name, text);
      else this.#memory.set(name, text);
    } catch {
      // The area is full: what is kept there already stays, the page goes on from its own state.
    }
  }
}

function available(kind: "local" | "session"): Storage | undefined {
  try {
    const area = kind === "local" ? window.localStorage : window.sessionStorage;
    area.getItem("tidegate");
    return area;
  } catch {
    return undefined;
  }
}

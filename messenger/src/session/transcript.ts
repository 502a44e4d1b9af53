/** Turns entries into what is shown: turns of one speaker, cards, notes, and the one wait that is to be answered. */

import { words } from "../words.ts";
import type { Answer, Entry, FormLine, Speaker } from "../protocol/entry.ts";
import type { Passing } from "../protocol/passing.ts";

export type Wait = Extract<Entry, { kind: "asked" | "verify" | "choices" | "form" }>;

export type AgentsEntry = Extract<Entry, { kind: "agents" }>;

export interface Bubble {
  readonly key: string;
  readonly at: Date;
  readonly text: string;
  /** A file by its id, or `""` for one that could not be had; `text` is its name. */
  readonly file?: string;
}

export type Piece =
  | { readonly kind: "day"; readonly key: string; readonly at: Date }
  | { readonly kind: "turn"; readonly key: string; readonly from: Speaker; readonly bubbles: readonly Bubble[] }
  | {
      readonly kind: "form";
      readonly key: string;
      readonly wait: number;
      readonly title?: string;
      readonly fields: readonly FormLine[];
      readonly open: boolean;
      /** What was filled in; empty where it closed otherwise. */
      readonly answers: readonly Answer[];
    }
  | { readonly kind: "agents"; readonly key: string; readonly joined: boolean; readonly name?: string }
  | { readonly kind: "case"; readonly key: string; readonly number?: string };

/** A turn breaks after this long a silence. */
const pause = 5 * 60_000;

/** The wait that an answer belongs to, if there is one. */
export function openWait(entries: readonly Entry[]): Wait | undefined {
  let open: Wait | undefined;
  for (const entry of entries) {
    if (entry.kind === "asked" || entry.kind === "verify" || entry.kind === "choices" || entry.kind === "form") open = entry;
    else if (entry.kind === "closed" && entry.wait === open?.wait) open = undefined;
    else if (entry.kind === "ended") open = undefined;
  }
  return open;
}

/** How it stands with the agents, while the conversation is with them. */
export function withAgents(entries: readonly Entry[]): AgentsEntry | undefined {
  const last = entries.findLast((entry) => entry.kind === "agents" || entry.kind === "ended");
  return last?.kind === "agents" && last.state !== "gone" ? last : undefined;
}

/** What has become of what the customer said last. */
export interface Receipt {
  /** The piece that says it. */
  readonly piece: Piece;
  readonly read: boolean;
}

/** What agents have got or read of what the customer said last, as far as is known. */
export function receiptOf(all: readonly Piece[], { delivered = 0, read = 0 }: Passing): Receipt | undefined {
  const piece = all.findLast((one) => one.kind === "turn" && one.from === "customer");
  const last = piece?.kind === "turn" ? Number(piece.bubbles.at(-1)?.key) : NaN;
  return piece && Math.max(delivered, read) >= last ? { piece, read: read >= last } : undefined;
}

/** Whether the next word is the other side's: the customer's was the last, and nothing is awaited. */
export function working(entries: readonly Entry[]): boolean {
  const last = entries.findLast((entry) => entry.kind !== "speaks");
  if (!last || openWait(entries) || withAgents(entries)) return false;
  return last.kind === "closed" || (last.kind === "said" && last.from === "customer");
}

export function pieces(entries: readonly Entry[]): readonly Piece[] {
  const waits = new Waits(entries);
  const out: Piece[] = [];
  let day = "";
  for (const entry of entries) {
    const found = toPieces(entry, waits);
    if (found.length > 0 && entry.at.toDateString() !== day) {
      day = entry.at.toDateString();
      out.push({ kind: "day", key: `day-${entry.sequence}`, at: entry.at });
    }
    for (const piece of found) {
      if (entry.kind !== "closed" || !alreadySaid(out.at(-1), piece)) join(out, piece);
    }
  }
  return out;
}

/** What became of each wait. */
class Waits {
  readonly live: number | undefined;
  readonly #answers: ReadonlyMap<number, readonly Answer[]>;
  readonly #choices: ReadonlySet<number>;

  constructor(entries: readonly Entry[]) {
    this.live = openWait(entries)?.wait;
    const closed = entries.filter((entry) => entry.kind === "closed");
    this.#answers = new Map(closed.map(({ wait, answers }) => [wait, answers]));
    this.#choices = new Set(entries.filter((entry) => entry.kind === "choices").map(({ wait }) => wait));
  }

  answers(wait: number): readonly Answer[] {
    return this.#answers.get(wait) ?? [];
  }

  /** The label of the button that was pressed. */
  chosen(wait: number): string | undefined {
    return this.#choices.has(wait) ? this.answers(wait)[0]?.[1] : undefined;
  }
}

function toPieces(entry: Entry, waits: Waits): readonly Piece[] {
  const key = String(entry.sequence);
  switch (entry.kind) {
    case "said":
      return [turn(entry.from, key, entry.at, words.notices[entry.notice ?? ""] ?? entry.text)];
    case "file":
      return [turn(entry.from, key, entry.at, entry.name, entry.file ?? "")];
    case "verify":
      return [turn("assistant", key, entry.at, words.signInFirst)];
    case "choices":
      return entry.prompt === "" ? [] : [turn(entry.from ?? "assistant", key, entry.at, entry.prompt)];
    case "closed": {
      const chosen = waits.chosen(entry.wait);
      return chosen === undefined ? [] : [turn("customer", key, entry.at, chosen)];
    }
    case "form":
      return [
        {
          kind: "form",
          key,
          wait: entry.wait,
          fields: entry.fields,
          open: entry.wait === waits.live,
          answers: waits.answers(entry.wait),
          ...(entry.title === undefined ? {} : { title: entry.title }),
        },
      ];
    case "agents":
      // That one is awaited is shown while it is so.
      return entry.state === "awaited"
        ? []
        : [{ kind: "agents", key, joined: entry.state === "joined", ...(entry.name === undefined ? {} : { name: entry.name }) }];
    case "case_created":
      return [{ kind: "case", key, ...(entry.number === undefined ? {} : { number: entry.number }) }];
    default:
      return [];
  }
}

function turn(from: Speaker, key: string, at: Date, text: string, file?: string): Piece {
  return { kind: "turn", key, from, bubbles: [{ key, at, text, ...(file === undefined ? {} : { file }) }] };
}

/** A button's label that was typed presses it: the words stand there already. */
function alreadySaid(last: Piece | undefined, chosen: Piece): boolean {
  if (last?.kind !== "turn" || last.from !== "customer" || chosen.kind !== "turn") return false;
  const plain = (bubble: Bubble | undefined) => bubble?.text.trim().toLowerCase();
  return plain(last.bubbles.at(-1)) === plain(chosen.bubbles[0]);
}

/** A turn goes on where the same speaker spoke a moment ago. */
function join(out: Piece[], piece: Piece): void {
  const last = out.at(-1);
  const [bubble] = piece.kind === "turn" ? piece.bubbles : [];
  if (!bubble || last?.kind !== "turn" || piece.kind !== "turn" || last.from !== piece.from) {
    out.push(piece);
    return;
  }
  const before = last.bubbles.at(-1);
  if (before && bubble.at.getTime() - before.at.getTime() > pause) out.push(piece);
  else out[out.length - 1] = { ...last, bubbles: [...last.bubbles, bubble] };
}

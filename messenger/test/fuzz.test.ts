/**
 * What the network brings, by chance: cut anywhere, of any characters. A seed gives the same inputs everywhere;
 * `FUZZ=10000000 npm test` runs more of them than the usual ones.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseEntry } from "../src/protocol/entry.ts";
import { EventParser, type ServerEvent } from "../src/protocol/events.ts";

const executions = Number(process.env["FUZZ"] ?? 20_000);

/** Mulberry32: small, and the same on every machine. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }
}

const scraps = [
  "data:", "data: ", "data", "event:", "event: entry", "event: reset", "id:", "id: 7", "id: \0", "retry: 5", ":", ": hi",
  "\n", "\n", "\n", "\n\n", "\r", "\r\n", "\r\n\r\n", " ", "\0", "\u{feff}", "\u{2028}", "\ud800", "é", "😀", "x".repeat(40),
  '{"kind":"ended","sequence":1,"at":"2026-11-22T10:00:00Z"}', "{", "}", '"', "null", "0",
] as const;

const values = [
  "null", "true", "0", "1", "-1", "1.5", "1e999", "9007199254740993", '""', '"x"', '"ended"', '"said"', '"asked"',
  '"choices"', '"form"', '"closed"', '"case_created"', '"2026-11-22T10:00:00Z"', '"yesterday"', "[]", "{}", '["a","b"]',
  '[["a","b"]]', '[["a"]]', '[{"name":"a","label":"b","input":"line","options":[{"value":"x","label":"y","valid_for":[]}]}]',
  '[{"name":1}]', "[null]", '"\\ud800"', "tru",
] as const;

const keys = [
  "kind", "sequence", "at", "from", "text", "wait", "human", "prompt", "choices", "other", "title", "fields", "answers",
  "number", "__proto__", "constructor",
] as const;

function stream(dice: Dice): string {
  let text = "";
  for (let left = dice.below(24); left > 0; left--) text += dice.pick(scraps);
  return text;
}

function entry(dice: Dice): string {
  const members = ['"sequence":4', '"at":"2026-11-22T10:00:00Z"', '"wait":1', `"kind":${dice.pick(values)}`];
  for (let left = dice.below(8); left > 0; left--) members.push(`"${dice.pick(keys)}":${dice.pick(values)}`);
  const text = `{${members.join(",")}}`;
  return dice.below(16) === 0 ? text.slice(0, dice.below(text.length)) : text;
}

/** The standard's rules, 9.2.6, over a whole stream at once; only what a `reset` needs differs. */
function reference(text: string): ServerEvent[] {
  const lines = text.split(/\r\n|\n|\r/);
  lines.pop();
  const events: ServerEvent[] = [];
  let id = "";
  let name = "";
  let data: string[] = [];
  for (const line of lines) {
    if (line === "") {
      if (data.length > 0 || (name !== "" && name !== "message")) events.push({ id, name: name || "message", data: data.join("\n") });
      name = "";
      data = [];
      continue;
    }
    const [, field = "", value = ""] = /^([^:]*)(?:: ?([^]*))?$/.exec(line) ?? [];
    if (field === "data") data.push(value);
    if (field === "event") name = value;
    if (field === "id" && !value.includes("\0")) id = value;
  }
  return events;
}

function cutAnywhere(dice: Dice, text: string): ServerEvent[] {
  const parser = new EventParser();
  const events: ServerEvent[] = [];
  for (let at = 0; at < text.length; ) {
    const next = at + 1 + dice.below(12);
    events.push(...parser.push(text.slice(at, next)));
    at = next;
  }
  return events;
}

function same(one: readonly ServerEvent[], other: readonly ServerEvent[]): boolean {
  return (
    one.length === other.length &&
    one.every((event, at) => event.id === other[at]?.id && event.name === other[at]?.name && event.data === other[at]?.data)
  );
}

test(`${executions} streams are read as the standard says, wherever they are cut`, () => {
  for (let seed = 0; seed < executions; seed++) {
    const dice = new Dice(seed);
    // A carriage return at the very end may be half of a line's end, so there is none.
    const text = `${stream(dice)}x`;
    assert.ok(same(cutAnywhere(dice, text), reference(text)), `seed ${seed}: ${JSON.stringify(text)}`);
  }
});

test(`${executions} entries are read or left out, and never thrown over`, () => {
  let read = 0;
  for (let seed = 0; seed < executions; seed++) {
    const text = entry(new Dice(seed));
    const found = parseEntry(text);
    if (!found) continue;
    read += 1;
    const sound = Number.isSafeInteger(found.sequence) && !Number.isNaN(found.at.getTime());
    assert.ok(sound, `seed ${seed}: ${text}`);
  }
  assert.ok(read > executions / 100, `only ${read} were entries at all`);
});

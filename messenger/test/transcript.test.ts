import assert from "node:assert/strict";
import { test } from "node:test";
import type { Entry, Message } from "../src/protocol/entry.ts";
import { openWait, pieces, receiptOf, withAgents, working } from "../src/session/transcript.ts";

function entries(...messages: readonly Message[]): Entry[] {
  return messages.map((message, at) => ({ ...message, sequence: at + 1, at: new Date(2026, 10, 22, 10, at) }));
}

function shown(list: readonly Entry[]): string[] {
  return pieces(list).flatMap((piece) => {
    if (piece.kind === "turn") return piece.bubbles.map((bubble) => `${piece.from}: ${bubble.text}`);
    if (piece.kind === "form") return [`form ${piece.wait} ${piece.open ? "open" : JSON.stringify(piece.answers)}`];
    if (piece.kind === "agents") return [piece.joined ? `joined ${piece.name ?? ""}` : "left"];
    return piece.kind === "case" ? [`case ${piece.number ?? ""}`] : [];
  });
}

const hi: Message = { kind: "said", from: "assistant", text: "Hi" };
const words = (text: string): Message => ({ kind: "said", from: "customer", text });
const form = (wait: number): Message => ({ kind: "form", wait, fields: [], human: true });
const choices = (wait: number): Message => ({ kind: "choices", wait, prompt: "Which?", choices: ["A", "B"], other: false, human: false });
const closed = (wait: number, ...answers: [string, string][]): Message => ({ kind: "closed", wait, answers });

test("only the latest wait that nothing closed is to be answered", () => {
  assert.equal(openWait(entries(hi)), undefined);
  assert.equal(openWait(entries(form(1)))?.wait, 1);
  assert.equal(openWait(entries(form(1), closed(1), choices(2)))?.wait, 2);
  assert.equal(openWait(entries(form(1), choices(2)))?.wait, 2);
  assert.equal(openWait(entries(form(1), closed(1))), undefined);
  assert.equal(openWait(entries(form(1), { kind: "ended" })), undefined);
  assert.equal(openWait(entries(form(2), closed(1)))?.wait, 2);
});

test("which language is spoken is shown nowhere and keeps nobody waiting", () => {
  const speaks: Message = { kind: "speaks", language: "de" };
  assert.deepEqual(shown(entries(speaks, hi, speaks)), ["assistant: Hi"]);
  assert.equal(working(entries(hi, words("Hello"), speaks)), true);
  assert.equal(openWait(entries(form(1), speaks))?.wait, 1);
});

test("a form that is passed over is not left open", () => {
  assert.deepEqual(shown(entries(form(1), choices(2))), ["form 1 []", "assistant: Which?"]);
});

test("answers stand where the form was, a pressed button where it was pressed", () => {
  assert.deepEqual(shown(entries(form(1), words("wait"), closed(1, ["Order", "7"]))), [
    'form 1 [["Order","7"]]',
    "customer: wait",
  ]);
  assert.deepEqual(shown(entries(choices(1), words("hm"), closed(1, ["Which?", "B"]))), [
    "assistant: Which?",
    "customer: hm",
    "customer: B",
  ]);
});

test("a button's label that was typed is not shown twice", () => {
  assert.deepEqual(shown(entries(choices(1), words(" b"), closed(1, ["Which?", "B"]))), [
    "assistant: Which?",
    "customer:  b",
  ]);
});

test("one speaker's words are one turn until a pause or the other speaker", () => {
  const list = entries(hi, hi, words("a"), hi);
  const later: Entry = { ...hi, sequence: 5, at: new Date(2026, 10, 22, 11) };
  const next: Entry = { ...hi, sequence: 6, at: new Date(2026, 10, 23, 11) };
  const turns = pieces([...list, later, next]).map((piece) => (piece.kind === "turn" ? piece.bubbles.length : piece.kind));
  assert.deepEqual(turns, ["day", 2, 1, 1, 1, "day", 1]);
});

test("an answer is being prepared after the customer's turn, and only then", () => {
  assert.equal(working(entries(hi)), false);
  assert.equal(working(entries(hi, words("a"))), true);
  assert.equal(working(entries(form(1), closed(1, ["Order", "7"]))), true);
  assert.equal(working(entries(form(1), words("a"))), false);
  assert.equal(working(entries(words("a"), hi)), false);
  assert.equal(working(entries(words("a"), { kind: "ended" })), false);
});

test("what agents offer is theirs, open while they are there, and answered as any other", () => {
  const joined: Message = { kind: "agents", state: "joined" };
  const offer: Message = { kind: "choices", from: "agent", wait: 1, prompt: "Which?", choices: ["a", "b"], other: true, human: false };
  const open = entries(joined, offer, words("One moment"));
  assert.equal(openWait(open)?.wait, 1);
  assert.deepEqual(shown(open).slice(1), ["agent: Which?", "customer: One moment"]);
  const answered = entries(joined, offer, words("B"), closed(1, ["Which?", "b"]));
  assert.equal(openWait(answered), undefined);
  assert.deepEqual(shown(answered).slice(1), ["agent: Which?", "customer: B"]);
  assert.equal(openWait(entries(joined, offer, closed(1), { kind: "agents", state: "gone" })), undefined);
});

test("what the customer said last is marked as got or read, and nothing before it", () => {
  const agent: Message = { kind: "said", from: "agent", text: "Hello" };
  const list = entries(words("a"), agent, words("b"), words("c"), agent);
  const marked = (now: { delivered?: number; read?: number }) => {
    const receipt = receiptOf(pieces(list), { typing: false, ...now });
    return receipt && [receipt.piece.key, receipt.read];
  };
  assert.equal(marked({}), undefined);
  assert.equal(marked({ delivered: 3, read: 1 }), undefined);
  assert.deepEqual(marked({ delivered: 4, read: 3 }), ["3", false]);
  assert.deepEqual(marked({ read: 4 }), ["3", true]);
  assert.equal(receiptOf([], { typing: false, read: 1 }), undefined);
});

test("with agents nothing is being prepared, and who has come stands in the conversation", () => {
  const agents = (state: "awaited" | "joined" | "gone", name?: string): Message => ({ kind: "agents", state, ...(name ? { name } : {}) });
  const agent: Message = { kind: "said", from: "agent", text: "Hello" };
  const all = entries(words("Help"), agents("awaited"), words("?"), agents("joined", "Sam"), agent, agents("gone"));
  assert.equal(withAgents(all.slice(0, 3))?.state, "awaited");
  assert.equal(working(all.slice(0, 3)), false);
  assert.equal(withAgents(all.slice(0, 5))?.name, "Sam");
  assert.equal(withAgents(all), undefined);
  assert.equal(withAgents(entries(agents("joined"), { kind: "ended" })), undefined);
  assert.deepEqual(shown(all), ["customer: Help", "customer: ?", "joined Sam", "agent: Hello", "left"]);
});

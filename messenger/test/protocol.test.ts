import assert from "node:assert/strict";
import { test } from "node:test";
import { parseEntry } from "../src/protocol/entry.ts";
import { EventParser, type ServerEvent } from "../src/protocol/events.ts";
import { parseDraft } from "../src/protocol/passing.ts";

const stream = ': hi\r\nid: 1\r\nevent: entry\r\ndata: {"a":\r\ndata: 1}\r\n\r\n:\n\nid: 2\nevent: reset\n\nid: 3\rdata:x\r\r';
const events: ServerEvent[] = [
  { id: "1", name: "entry", data: '{"a":\n1}' },
  { id: "2", name: "reset", data: "" },
  { id: "3", name: "message", data: "x" },
];

test("events are the same wherever the network cuts them", () => {
  for (let cut = 0; cut <= stream.length; cut++) {
    const parser = new EventParser();
    const got = [...parser.push(stream.slice(0, cut)), ...parser.push(stream.slice(cut) + "\n")];
    assert.deepEqual(got, events, `cut at ${cut}`);
  }
});

test("a server that ends says when it wants to be asked again", () => {
  const parser = new EventParser();
  assert.equal(parser.retry, undefined);
  assert.deepEqual(parser.push("retry: 1500\n\nretry: soon\n\n"), []);
  assert.equal(parser.retry, 1500);
});

test("who speaks is known by name, and whoever else is on the server's side", () => {
  const said = (from: string) =>
    parseEntry(JSON.stringify({ sequence: 1, at: "2026-11-22T10:00:00Z", kind: "said", from, text: "Hi" }));
  const speakers = ["customer", "assistant", "ai", "oracle"].map(said).map((entry) => entry?.kind === "said" && entry.from);
  assert.deepEqual(speakers, ["customer", "assistant", "ai", "assistant"]);
});

test("an entry is read whole", () => {
  const form = parseEntry(
    JSON.stringify({
      sequence: 4,
      at: "2026-11-22T10:00:00Z",
      kind: "form",
      wait: 2,
      title: null,
      human: true,
      fields: [{ name: "conversation.order_number", label: "Order", required: true, input: "line", max_length: 6 }],
    }),
  );
  assert.ok(form?.kind === "form");
  assert.equal(form.title, undefined);
  assert.deepEqual(form.fields, [
    { name: "conversation.order_number", label: "Order", required: true, input: "line", options: [], maxLength: 6 },
  ]);
});

test("what is malformed or unknown is left out", () => {
  for (const data of ["", "null", "[]", "{", '{"kind":"said"}', '{"kind":"poll","sequence":1,"at":"2026-11-22T10:00:00Z"}',
    '{"kind":"said","from":"customer","text":"x","sequence":1.5,"at":"2026-11-22T10:00:00Z"}',
    '{"kind":"ended","sequence":1,"at":"yesterday"}']) {
    assert.equal(parseEntry(data), undefined, data);
  }
});

test("a draft is a text, whatever comes", () => {
  assert.equal(parseDraft('{"text":"Turn it"}'), "Turn it");
  for (const data of ["", "null", "[]", "{", '{"text":1}', '"Turn it"']) assert.equal(parseDraft(data), "", data);
});

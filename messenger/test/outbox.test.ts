import assert from "node:assert/strict";
import { test } from "node:test";
import { Api, ApiError } from "../src/protocol/api.ts";
import type { Entry } from "../src/protocol/entry.ts";
import { Outbox, type Outgoing } from "../src/session/outbox.ts";

/** A server that numbers what it takes, once for each id. */
class Server extends Api {
  readonly taken = new Map<string, { sequence: number; text: string }>();
  readonly trouble: ApiError[] = [];
  /** Whether trouble comes before or after the message was taken. */
  afterwards = false;
  conversation = "c";

  override async say(_: string, id: string, text: string) {
    const error = this.trouble.shift();
    if (error && !this.afterwards) throw error;
    const known = this.taken.get(id) ?? { sequence: this.taken.size + 1, text };
    this.taken.set(id, known);
    if (error) throw error;
    return { sequence: known.sequence, conversation: this.conversation };
  }
}

function setUp(kept?: unknown) {
  const server = new Server("");
  const moved: string[] = [];
  let saved: readonly Outgoing[] = [];
  let last = 0;
  const outbox = new Outbox(server, kept, (items) => (saved = items), {
    changed: () => undefined,
    delivered: (conversation) => moved.push(conversation),
    last: () => last,
    rejected: () => undefined,
  });
  const stream = (sequence: number, text: string) => {
    last = sequence;
    const entry: Entry = { kind: "said", from: "customer", text, sequence, at: new Date() };
    outbox.seen("c", entry);
  };
  return { server, outbox, moved, stream, saved: () => saved };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
const offline = () => new ApiError(0, "offline");

test("what is acknowledged stays in sight until the stream brings it", async () => {
  const { outbox, stream } = setUp();
  outbox.add("c", "hello", 0);
  await settle();
  assert.deepEqual(outbox.items.map(({ state, sequence }) => [state, sequence]), [["sent", 1]]);
  stream(1, "hello");
  assert.deepEqual(outbox.items, []);
});

test("the stream may be quicker than the acknowledgement", async () => {
  const { outbox, stream } = setUp();
  outbox.add("c", "hello", 0);
  stream(1, "hello");
  await settle();
  assert.deepEqual(outbox.items, []);
});

test("after a lost acknowledgement the same id is sent, and taken once", async () => {
  const { server, outbox, stream } = setUp();
  server.afterwards = true;
  server.trouble.push(offline());
  outbox.add("c", "hello", 0);
  await settle();
  assert.equal(outbox.items[0]?.state, "waiting");
  await outbox.flush();
  assert.equal(server.taken.size, 1);
  stream(1, "hello");
  assert.deepEqual(outbox.items, []);
});

test("order is kept: nothing overtakes what waits", async () => {
  const { server, outbox } = setUp();
  server.trouble.push(offline());
  outbox.add("c", "first", 0);
  outbox.add("c", "second", 0);
  await settle();
  assert.equal(server.taken.size, 0);
  await outbox.flush();
  assert.deepEqual([...server.taken.values()].map(({ text }) => text), ["first", "second"]);
  outbox.clear();
});

test("what is refused does not hold up the rest", async () => {
  const { server, outbox } = setUp();
  server.trouble.push(new ApiError(413, "too long"));
  outbox.add("c", "first", 0);
  outbox.add("c", "second", 0);
  await settle();
  assert.deepEqual(outbox.items.map(({ state, reason }) => [state, reason]), [["failed", "too long"], ["sent", undefined]]);
});

test("the same words twice are two messages", async () => {
  const { server, outbox, stream } = setUp();
  outbox.add("c", "yes", 0);
  outbox.add("c", "yes", 0);
  await settle();
  assert.equal(server.taken.size, 2);
  stream(1, "yes");
  assert.equal(outbox.items.length, 1);
  stream(2, "yes");
  assert.equal(outbox.items.length, 0);
});

test("older words of the same text are not taken for ours", () => {
  const { server, outbox, stream } = setUp();
  server.trouble.push(offline());
  outbox.add("c", "yes", 4);
  stream(3, "yes");
  assert.equal(outbox.items.length, 1);
  outbox.clear();
});

test("a message after the end follows its new conversation", async () => {
  const { server, outbox, moved } = setUp();
  server.conversation = "d";
  outbox.add("c", "one more thing", 9);
  await settle();
  assert.deepEqual(moved, ["d"]);
  assert.equal(outbox.items[0]?.conversation, "d");
});

test("what was under way before a reload goes on, what is not ours is left out", async () => {
  const first = setUp();
  first.server.trouble.push(offline());
  first.outbox.add("c", "hold on", 0);
  await settle();
  const second = setUp([...first.saved(), { id: 7 }, null]);
  assert.equal(second.outbox.items.length, 1);
  await second.outbox.flush();
  assert.deepEqual([...second.server.taken.keys()], first.saved().map(({ id }) => id));
  first.outbox.clear();
});

test("what comes too fast waits as long as the server says, and goes by itself under the same id", async () => {
  const { server, outbox, saved } = setUp();
  server.trouble.push(new ApiError(429, "later", {}, 20));
  outbox.add("c", "first", 0);
  outbox.add("c", "second", 0);
  await settle();
  assert.deepEqual(saved().map(({ text, state }) => [text, state]), [["first", "waiting"], ["second", "sending"]]);
  assert.equal(server.taken.size, 0);
  const [id] = saved().map((item) => item.id);
  while (server.taken.size < 2) await settle();
  assert.deepEqual([...server.taken.values()].map(({ text }) => text), ["first", "second"]);
  assert.equal([...server.taken.keys()][0], id);
});

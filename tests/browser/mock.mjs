// The Messenger API of `runtime/server/API.md` in memory, with the bundle of `messenger/dist` and switches for what a
// network does wrong. Its one workflow is told by `talk` below.

import { createHash, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const dist = fileURLToPath(new URL("../../messenger/dist", import.meta.url));
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'";
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".txt": "text/plain" };

export const orderForm = {
  kind: "form",
  title: "A few details, so that we can find the charge",
  human: true,
  fields: [
    {
      name: "conversation.order_number",
      label: "Order number",
      help: "It stands at the top of your invoice",
      required: true,
      input: "line",
      max_length: 20,
      pattern: "[0-9]{6}",
      pattern_message: "Six digits, please",
    },
    {
      name: "conversation.product",
      label: "Product",
      required: true,
      input: "select",
      options: [
        { value: "GC5060", label: "Gas boiler" },
        { value: "GC1040", label: "Heat pump" },
      ],
    },
    {
      name: "conversation.part",
      label: "Part",
      required: false,
      input: "select",
      controller: "conversation.product",
      options: [
        { value: "burner", label: "Burner", valid_for: ["GC5060"] },
        { value: "compressor", label: "Compressor", valid_for: ["GC1040"] },
        { value: "casing", label: "Casing", valid_for: ["GC5060", "GC1040"] },
      ],
    },
    {
      name: "conversation.refund_amount",
      label: "Amount in question",
      required: false,
      input: "number",
      scale: 2,
      min: "0.01",
      max: "99999999.99",
    },
    { name: "conversation.bought_on", label: "Bought on", required: false, input: "date", max: "2026-12-31" },
    { name: "person.Email", label: "E-mail", required: true, input: "email", max_length: 80 },
  ],
};

/** Everything that a form can hold, for the audits. */
export const wholeForm = {
  kind: "form",
  title: null,
  human: false,
  fields: [
    { name: "a.line", label: "Name", required: true, input: "line", max_length: 40 },
    { name: "a.area", label: "What happened", required: false, input: "area", max_length: 60, min: "5" },
    { name: "a.email", label: "E-mail", required: false, input: "email" },
    { name: "a.phone", label: "Phone", required: false, input: "phone" },
    { name: "a.url", label: "Page", required: false, input: "url" },
    { name: "a.number", label: "Pieces", required: false, input: "number", scale: 0, min: "1", max: "10" },
    { name: "a.stars", label: "How did we do?", required: true, input: "rating", min: "1", max: "5" },
    { name: "a.tick", label: "I agree to a visit", required: true, input: "checkbox" },
    { name: "a.date", label: "Day", required: false, input: "date" },
    { name: "a.moment", label: "Best moment", required: false, input: "date_time" },
    { name: "a.time", label: "Hour", required: false, input: "time" },
    {
      name: "a.select",
      label: "Room",
      required: false,
      input: "select",
      options: [{ value: "k", label: "Kitchen" }],
    },
    {
      name: "a.many",
      label: "Days that suit",
      required: true,
      input: "select_many",
      options: ["Mon", "Tue", "Wed"].map((day) => ({ value: day.toLowerCase(), label: day })),
    },
  ],
};

export class Mock {
  constructor() {
    this.visitors = new Map();
    /** Visitors that a site has signed for, whatever token they bear. */
    this.people = new Map();
    this.conversations = new Map();
    this.opens = [];
    /** After how many milliseconds pages tell of visits, what these show, and those that were told of. */
    this.times = [];
    this.shows = [];
    this.visits = [];
    this.streams = new Set();
    /** Answers to give instead of the real ones: `{ route: /re/, status, after?: true, body? }`, each once. */
    this.faults = [];
    /** While true no connection is answered. */
    this.down = false;
    /** While true the streams are silent about what happens. */
    this.muted = false;
    this.logouts = 0;
    /** How long an answer takes, in milliseconds. */
    this.latency = 0;
    /** What *A bill* shows. */
    this.form = orderForm;
    this.server = createServer((request, response) => this.#serve(request, response));
  }

  async start() {
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Cuts every stream, and refuses new connections until `up`. */
  cut() {
    this.down = true;
    this.drop();
  }

  up() {
    this.down = false;
  }

  drop() {
    for (const { response } of this.streams) response.destroy();
    this.streams.clear();
  }

  get conversation() {
    return [...this.conversations.values()].at(-1);
  }

  emit(conversation, message) {
    const entry = { sequence: conversation.entries.length + 1, at: new Date().toISOString(), ...message };
    conversation.entries.push(entry);
    if (["asked", "verify", "choices", "form"].includes(message.kind)) conversation.wait = message;
    for (const stream of this.muted ? [] : this.streams) if (stream.conversation === conversation) sendEntry(stream.response, entry);
    return entry.sequence;
  }

  /** What an AI is about to say. */
  draft(conversation, text) {
    const event = `event: draft\ndata: ${JSON.stringify({ text })}\n\n`;
    for (const stream of this.streams) if (stream.conversation === conversation) stream.response.write(event);
  }

  say(conversation, text) {
    return this.emit(conversation, { kind: "said", from: "assistant", text });
  }

  ask(conversation, message) {
    conversation.waits += 1;
    return this.emit(conversation, { ...message, wait: conversation.waits });
  }

  close(conversation, answers = []) {
    const { wait } = conversation.wait;
    conversation.wait = undefined;
    return this.emit(conversation, { kind: "closed", wait, answers });
  }

  #visit(request, body) {
    if (request.method === "GET") return json(200, { after_ms: this.times });
    this.visits.push(JSON.parse(body));
    const open = this.#visitor(request)?.open;
    return json(200, { says: open === undefined || open.ended ? this.shows : [] });
  }

  #begin(visitor, visit) {
    const conversation = { id: randomUUID(), visitor, entries: [], waits: 0, seen: new Map(), ended: false };
    this.conversations.set(conversation.id, conversation);
    visitor.open = conversation;
    if (visit) {
      for (const text of this.shows) this.say(conversation, text);
      this.ask(conversation, { kind: "asked", human: true });
      return conversation;
    }
    this.say(conversation, `Hi ${visitor.name ?? "there"}. What can we do for you?`);
    this.ask(conversation, {
      kind: "choices",
      prompt: "What is it about?",
      choices: ["A bill", "A breakdown", "Something else"],
      other: true,
      human: true,
    });
    return conversation;
  }

  async #serve(request, response) {
    if (this.down) return void request.socket.destroy();
    const url = new URL(request.url, this.url);
    const fault = this.#fault(url.pathname);
    const body = await read(request);
    if (this.latency) await new Promise((resolve) => setTimeout(resolve, this.latency));
    if (fault && !fault.after) return answerFault(response, fault);
    const reply = await this.#route(request, url, body, response);
    if (!reply || reply.streaming) return undefined;
    if (fault) return answerFault(response, fault);
    response.writeHead(reply.status, reply.headers).end(reply.body);
    return undefined;
  }

  #fault(path) {
    const at = this.faults.findIndex(({ route }) => route.test(path));
    return at < 0 ? undefined : this.faults.splice(at, 1)[0];
  }

  async #route(request, url, body, response) {
    if (url.pathname === "/site") return site(url.searchParams);
    if (url.pathname.startsWith("/messenger/")) return page(url.pathname);
    if (url.pathname === "/v1/open") return this.#open(request, JSON.parse(body));
    if (url.pathname === "/v1/visits") return this.#visit(request, body);
    if (url.pathname === "/v1/logout") return this.#logout(request);
    const [, id, action] = /^\/v1\/conversations\/([^/]+)\/(\w+)$/.exec(url.pathname) ?? [];
    const visitor = this.#visitor(request);
    if (!visitor) return problem(401, "This visitor is not known");
    const conversation = this.conversations.get(id);
    if (!conversation || conversation.visitor !== visitor) return problem(404, "No such conversation");
    if (action === "events") return this.#events(request, response, conversation);
    return this.#act(conversation, action, JSON.parse(body));
  }

  #visitor(request) {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    return token && this.visitors.get(hash(token));
  }

  #open(request, body) {
    this.opens.push(body);
    let visitor = this.#visitor(request);
    let token;
    if (!visitor || body.identity) {
      token = randomUUID();
      visitor ??= {};
      if (body.identity) visitor = this.#signedIn(body.identity, visitor);
      this.visitors.set(hash(token), visitor);
    }
    const resumed = visitor.open !== undefined && !visitor.open.ended;
    const conversation = resumed ? visitor.open : this.#begin(visitor, body.visit);
    if (body.identity && conversation.wait?.kind === "verify") {
      this.close(conversation);
      this.say(conversation, `Now we know you, ${visitor.name}.`);
      this.ask(conversation, { kind: "asked", human: false });
    }
    return json(200, { ...(token ? { token } : {}), conversation: conversation.id, resumed });
  }

  /** The same person is the same visitor; an unsigned one becomes that person. */
  #signedIn(identity, unsigned) {
    const { sub } = JSON.parse(Buffer.from(identity.split(".")[1], "base64url"));
    const person = this.people.get(sub) ?? Object.assign(unsigned.name === undefined ? unsigned : {}, { name: sub });
    this.people.set(sub, person);
    return person;
  }

  #logout(request) {
    if (!this.#visitor(request)) return problem(401, "This visitor is not known");
    this.logouts += 1;
    this.visitors.delete(hash(request.headers.authorization.slice("Bearer ".length)));
    this.drop();
    return { status: 204, headers: {}, body: "" };
  }

  #events(request, response, conversation) {
    const last = Number(request.headers["last-event-id"] ?? 0);
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.write(":\n\n");
    if (last > conversation.entries.length) response.write("event: reset\ndata:\n\n");
    const from = last > conversation.entries.length ? 0 : last;
    for (const entry of conversation.entries.slice(from)) sendEntry(response, entry);
    const stream = { conversation, response };
    this.streams.add(stream);
    response.on("close", () => this.streams.delete(stream));
    return { streaming: true };
  }

  #act(conversation, action, body) {
    const key = JSON.stringify(body);
    const before = conversation.seen.get(body.id);
    if (before) return before.key === key ? before.reply : problem(409, "This id was used for something else");
    const reply = {
      messages: takeMessage,
      forms: takeForm,
      choices: takeChoice,
      human: takeHuman,
      helped: takeHelped,
      refusals: takeRefusal,
    }[action]?.(
      this,
      conversation,
      body,
    );
    if (!reply) return problem(404, "No such thing");
    if (reply.status === 200) conversation.seen.set(body.id, { key, reply });
    return reply;
  }

  restart(visitor) {
    return this.#begin(visitor);
  }
}

function takeRefusal(mock, conversation, { wait }) {
  if (conversation.wait?.kind !== "verify" || conversation.wait.wait !== wait) return problem(409, "It asks for something else");
  mock.close(conversation);
  const sequence = mock.say(conversation, "Then in general.");
  mock.ask(conversation, { kind: "asked", human: false });
  return json(200, { sequence });
}

function takeMessage(mock, conversation, { text }) {
  const here = conversation.ended ? mock.restart(conversation.visitor) : conversation;
  const sequence = mock.emit(here, { kind: "said", from: "customer", text });
  if (text === "everything") {
    if (here.wait) mock.close(here);
    mock.ask(here, wholeForm);
  } else if (text === "draft an answer") {
    if (here.wait) mock.close(here);
  } else if (text === "ask the AI") {
    if (here.wait) mock.close(here);
    mock.emit(here, { kind: "said", from: "ai", text: "Turn it off and on again." });
    mock.ask(here, { kind: "asked", human: true, helped: true });
  } else if (here.wait?.kind === "asked") {
    mock.close(here);
    mock.say(here, `You said: ${text}`);
    mock.ask(here, { kind: "asked", human: true });
  }
  return json(200, { sequence, conversation: here.id });
}

function takeChoice(mock, conversation, { wait, choice }) {
  const open = conversation.wait;
  if (open?.kind !== "choices" || conversation.waits !== wait) return problem(409, "This wait has passed");
  const label = open.choices[choice];
  const sequence = mock.close(conversation, [[open.prompt, label]]);
  if (label === "A bill") mock.ask(conversation, mock.form);
  else mock.ask(conversation, { kind: "asked", human: true });
  return json(200, { sequence });
}

function takeForm(mock, conversation, { wait, values }) {
  const open = conversation.wait;
  if (open?.kind !== "form" || conversation.waits !== wait) return problem(409, "This wait has passed");
  if (values["conversation.order_number"] === "000000") {
    const fields = { "conversation.order_number": "We know no order of this number" };
    return problem(422, "Some answers need another look", { fields });
  }
  const shown = (line) => line.options?.find(({ value }) => value === values[line.name])?.label ?? values[line.name];
  const sequence = mock.close(
    conversation,
    open.fields.filter((line) => values[line.name]).map((line) => [line.label, shown(line)]),
  );
  conversation.submitted = values;
  mock.say(conversation, "Thank you. We are looking into it.");
  mock.emit(conversation, { kind: "case_created", number: "00001042" });
  mock.emit(conversation, { kind: "ended" });
  conversation.ended = true;
  return json(200, { sequence });
}

function takeHelped(mock, conversation, { wait }) {
  if (!conversation.wait?.helped || conversation.waits !== wait) return problem(409, "This wait has passed");
  mock.emit(conversation, { kind: "said", from: "customer", text: "That helped.", notice: "helped" });
  mock.close(conversation);
  mock.emit(conversation, { kind: "ended" });
  conversation.ended = true;
  return json(200, {});
}

function takeHuman(mock, conversation) {
  if (conversation.wait) mock.close(conversation);
  mock.say(conversation, "A colleague will write to you.");
  mock.ask(conversation, { kind: "asked", human: false });
  return json(200, {});
}

function sendEntry(response, entry) {
  response.write(`id: ${entry.sequence}\nevent: entry\ndata: ${JSON.stringify(entry)}\n\n`);
}

async function read(request) {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
}

async function page(path) {
  const name = path.slice("/messenger/".length) || "index.html";
  try {
    const body = await readFile(join(dist, name.replaceAll("..", "")));
    return { status: 200, headers: { "Content-Type": types[extname(name)], "Content-Security-Policy": policy }, body };
  } catch {
    return problem(404, "No such page");
  }
}

/** What a site's server would sign; the mock does not check signatures. */
export function identityOf(sub) {
  return `e30.${Buffer.from(JSON.stringify({ sub })).toString("base64url")}.c2ln`;
}

/** A company's page with the embed script on it. */
function site(query) {
  const attributes = [...query].map(([key, value]) => ` data-${key}="${value}"`).join("");
  const body = `<!doctype html><html lang="${query.get("lang") ?? "en"}"><title>A shop</title><body><main><h1>A shop</h1><p>Heating, since 1921.</p></main>
<script src="/site.js"></script><script src="/messenger/embed.js" data-messenger="web"${attributes} defer></script>`;
  return { status: 200, headers: { "Content-Type": "text/html" }, body };
}

function json(status, body) {
  return { status, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

function problem(status, detail, more = {}) {
  const body = JSON.stringify({ type: "about:blank", title: "Problem", status, detail, ...more });
  return { status, headers: { "Content-Type": "application/problem+json" }, body };
}

function answerFault(response, { status, body }) {
  if (status === 0) return void response.destroy();
  const reply = problem(status, body ?? "Told to fail");
  response.writeHead(status, reply.headers).end(reply.body);
  return undefined;
}

function hash(token) {
  return createHash("sha256").update(token).digest("hex");
}

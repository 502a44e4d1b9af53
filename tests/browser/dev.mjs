// `tidegate dev` as a process: on a copy of the example, so that every run begins with an empty org.

import { spawn } from "node:child_process";
import { access, constants, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** How long it may take to start. */
const patience = 90_000;
const binary = process.env.TIDEGATE ?? join(root, "target/debug/tidegate");

export class Dev {
  /** Copies the project, changes the texts of some of its files, and starts `dev` on it. */
  static async start(project, changes = {}) {
    await access(binary, constants.X_OK).catch(() => {
      throw new Error(`${binary} is not there: run \`cargo build\` first, or name the binary in TIDEGATE`);
    });
    const dev = new Dev();
    dev.folder = await mkdtemp(join(tmpdir(), "tidegate-dev-"));
    const source = join(root, project);
    await cp(source, dev.folder, { recursive: true, filter: (path) => !path.startsWith(join(source, ".tidegate")) });
    for (const [name, change] of Object.entries(changes)) {
      const path = join(dev.folder, name);
      await writeFile(path, change(await readFile(path, "utf8")));
    }
    dev.port = await freePorts(3);
    await dev.run();
    return dev;
  }

  /** Starts the process, and waits until it has said where everything is. */
  async run() {
    const { child, said } = launch(["dev", this.folder, "--port", String(this.port)]);
    this.process = child;
    const late = setTimeout(() => child.kill("SIGKILL"), patience);
    const found = {};
    for await (const line of createInterface({ input: child.stdout })) {
      const [, what, url] = /^(begin here|Messenger|org)\s+(http:\/\/\S+?)\/?(?:\s|$)/.exec(line) ?? [];
      if (what) found[what] = url;
      if (line.startsWith("ready")) {
        [this.pages, this.messenger, this.org] = [found["begin here"], found["Messenger"], found["org"]];
        clearTimeout(late);
        child.stdout.resume();
        return;
      }
    }
    clearTimeout(late);
    throw new Error(`\`tidegate dev\` ended before it was ready:\n${said()}`);
  }

  /** As a power cut would. */
  async kill() {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGKILL");
    await ended;
  }

  async stop() {
    if (this.process.exitCode === null && this.process.signalCode === null) await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Every write that the org has seen. */
  ledger() {
    return this.#ask("ledger");
  }

  /** Every record of an object. */
  records(object) {
    return this.#ask(`records/${object}`);
  }

  /** Changes a record, as somebody of the org does. */
  change(object, id, values) {
    return this.#ask(`records/${object}/${id}`, values);
  }

  /** Every chat with agents, as the org has it. */
  async chats() {
    const all = await this.#ask("chat/conversations");
    return all.conversations ?? all;
  }

  /** Does what an agent's side does in a chat. */
  acts(chat, act) {
    return this.#ask(`chat/conversations/${chat}/${act}`, {});
  }

  async #ask(what, body) {
    const headers = { "Content-Type": "application/json" };
    const request = body && { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await fetch(`${this.org}/__org/${what}`, request);
    if (!answer.ok) throw new Error(`the org answered ${answer.status} to ${what}`);
    return answer.json();
  }
}

function launch(args) {
  const child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1" } });
  const complaints = [];
  child.stderr.on("data", (chunk) => complaints.push(String(chunk)));
  return { child, said: () => complaints.join("") };
}

/** The first of so many ports in a row that nobody uses. A fixed one keeps the pages' addresses over a restart. */
async function freePorts(count) {
  for (let tries = 0; tries < 50; tries++) {
    const first = 20_000 + Math.floor(Math.random() * 12_000);
    const free = await Promise.all(Array.from({ length: count }, (_, offset) => isFree(first + offset)));
    if (free.every(Boolean)) return first;
  }
  throw new Error("no free ports");
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

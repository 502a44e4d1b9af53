import assert from "node:assert/strict";
import { test } from "node:test";
import { Api, ApiError } from "../src/protocol/api.ts";
import { Files } from "../src/session/files.ts";
import type { Vault } from "../src/session/storage.ts";

/** A server that passes each file on once for each id, and takes each upload once. */
class Server extends Api {
  uploads = 0;
  readonly passedOn = new Map<string, string>();
  readonly trouble: ApiError[] = [];
  readonly forgotten = new Set<string>();

  override async upload() {
    this.uploads += 1;
    return `upload ${this.uploads}`;
  }

  override async attach(_: string, id: string, upload: string) {
    if (this.forgotten.has(upload)) throw new ApiError(404, "no such upload");
    this.passedOn.set(id, upload);
    const error = this.trouble.shift();
    if (error) throw error;
  }
}

/** What a tab keeps, over reloads too. */
function vault(): Vault {
  const drafts = new Map<string, string>();
  const kept = {
    draft: (name: string) => JSON.parse(drafts.get(name) ?? "null") ?? undefined,
    keepDraft: (name: string, value: unknown) => void drafts.set(name, JSON.stringify(value ?? null)),
  };
  return kept as unknown as Vault;
}

const photo = new File(["a photo"], "photo.jpg", { lastModified: 1 });
const act = (request: () => Promise<void>) => request();
const lost = () => new ApiError(0, "no answer");

test("a file that is chosen again because no answer came is sent once, after a reload too", async () => {
  const [server, kept] = [new Server(""), vault()];
  server.trouble.push(lost(), lost());
  await assert.rejects(new Files(server, kept).send("c", photo, act));
  await assert.rejects(new Files(server, kept).send("c", photo, act));
  await new Files(server, kept).send("c", photo, act);
  assert.equal(server.passedOn.size, 1);
  assert.equal(server.uploads, 1);
  await new Files(server, kept).send("c", photo, act);
  assert.equal(server.passedOn.size, 2, "chosen again after its answer it is another one");
});

test("what stands in the conversation has arrived, though no answer came", async () => {
  const [server, kept] = [new Server(""), vault()];
  const files = new Files(server, kept);
  server.trouble.push(lost());
  await assert.rejects(files.send("c", photo, act));
  files.seen("c", undefined);
  files.seen("c", "upload 1");
  await files.send("c", photo, act);
  assert.equal(server.passedOn.size, 2);
});

test("another file, another conversation and a refusal have ids of their own", async () => {
  const [server, kept] = [new Server(""), vault()];
  const files = new Files(server, kept);
  server.trouble.push(lost());
  await assert.rejects(files.send("c", photo, act));
  await files.send("c", new File(["another"], "photo.jpg", { lastModified: 2 }), act);
  await files.send("d", photo, act);
  server.trouble.push(new ApiError(409, "nobody is to get it"));
  await assert.rejects(files.send("d", photo, act));
  await files.send("d", photo, act);
  assert.equal(server.passedOn.size, 5);
});

test("an upload that is not kept any more is sent anew", async () => {
  const [server, kept] = [new Server(""), vault()];
  const files = new Files(server, kept);
  server.trouble.push(lost());
  await assert.rejects(files.send("c", photo, act));
  server.passedOn.clear();
  server.forgotten.add("upload 1");
  await files.send("c", photo, act);
  assert.deepEqual([...server.passedOn.values()], ["upload 2"]);
});

// A local org for the time of a test file.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export const binary = process.env.TIDEGATE ?? new URL("../../target/debug/tidegate", import.meta.url).pathname;

export async function startOrg() {
  const process = spawn(binary, ["org", "--port", "0"], { stdio: ["ignore", "pipe", "ignore"] });
  const told = {};
  for await (const line of createInterface({ input: process.stdout })) {
    const [, key, value] = line.match(/(answers at|consumer key|consumer secret|username)\s+(\S+)/) ?? [];
    if (key) told[key] = value;
    if (told.username) break;
  }
  const url = told["answers at"];
  const operator = async (path, body) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${url}/__org/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };
  return { url, key: told["consumer key"], secret: told["consumer secret"], operator, stop: () => process.kill() };
}

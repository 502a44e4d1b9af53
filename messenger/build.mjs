// Builds the bundle into `dist/`.
//
//   node build.mjs           writes dist/
//   node build.mjs --check   builds in memory and fails where dist/ differs, or over the size budget
//   node build.mjs --tests   bundles test/*.test.ts into .test/ for node's test runner

import { build } from "esbuild";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");

/**
 * What a visitor may have to load, in bytes after gzip; 700 of `app.js` are for files, 2,300 for chats with agents and
 * the files in them; 400 of it and 700 of `embed.js` for what is shown to visitors who have not opened the chat.
 */
const budgets = { "app.js": 28_900, "app.css": 6_000, "embed.js": 3_700 };

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  charset: "utf8",
  legalComments: "none",
  write: false,
  logLevel: "warning",
};

async function bundle() {
  const results = await Promise.all([
    build({
      ...shared,
      entryPoints: { app: "src/app.ts" },
      outdir: "dist",
      format: "esm",
      target: "es2022",
      conditions: ["production"],
      banner: { js: "/*! Contains third-party code, see LICENSES.txt */" },
    }),
    build({ ...shared, entryPoints: { embed: "src/embed.ts" }, outdir: "dist", format: "iife", target: "es2020" }),
    build({ ...shared, entryPoints: { app: "src/styles/app.css" }, outdir: "dist", target: "es2022" }),
  ]);
  const files = new Map(results.flatMap((r) => r.outputFiles).map((f) => [basename(f.path), Buffer.from(f.contents)]));
  files.set("index.html", await readFile(join(here, "src/index.html")));
  files.set("LICENSES.txt", Buffer.from(await licences(["lit", "lit-element", "lit-html", "@lit/reactive-element"])));
  return files;
}

/** The licences that bundled packages want to travel with. */
async function licences(names) {
  const texts = names.map(async (name) => {
    const folder = join(here, "node_modules", name);
    const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    return `${name} ${version}\n\n${await readFile(join(folder, "LICENSE"), "utf8")}`;
  });
  return (await Promise.all(texts)).join("\n\n");
}

function sizes(files) {
  let fits = true;
  for (const [name, budget] of Object.entries(budgets)) {
    const size = gzipSync(files.get(name), { level: 9 }).length;
    const over = size > budget;
    fits &&= !over;
    console.log(`${name}: ${size} bytes gzipped, budget ${budget}${over ? ", over budget" : ""}`);
  }
  return fits;
}

async function write(files) {
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist);
  await Promise.all([...files].map(([name, bytes]) => writeFile(join(dist, name), bytes)));
}

async function stale(files) {
  const present = await readdir(dist).catch(() => []);
  const names = new Set([...present, ...files.keys()]);
  const differing = [];
  for (const name of [...names].sort()) {
    const committed = await readFile(join(dist, name)).catch(() => undefined);
    if (!committed || !files.get(name)?.equals(committed)) differing.push(name);
  }
  return differing;
}

async function bundleTests() {
  const tests = (await readdir(join(here, "test"))).filter((name) => name.endsWith(".test.ts"));
  await rm(join(here, ".test"), { recursive: true, force: true });
  await build({
    ...shared,
    minify: false,
    write: true,
    // Node 18 has the browser's `crypto` in a module alone.
    banner: { js: 'import { webcrypto } from "node:crypto"; globalThis.crypto ??= webcrypto;' },
    entryPoints: tests.map((name) => join("test", name)),
    outdir: ".test",
    outExtension: { ".js": ".mjs" },
    format: "esm",
    platform: "node",
    target: "node20",
  });
}

if (process.argv.includes("--tests")) {
  await bundleTests();
} else {
  const files = await bundle();
  const fits = sizes(files);
  if (process.argv.includes("--check")) {
    const differing = await stale(files);
    for (const name of differing) console.error(`dist/${name} is not what its sources give; run \`npm run build\``);
    process.exitCode = differing.length || !fits ? 1 : 0;
  } else {
    await write(files);
    process.exitCode = fits ? 0 : 1;
  }
}

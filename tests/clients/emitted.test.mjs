// What `tidegate emit salesforce` writes for each example, before Salesforce's own source library and a scanner of
// flows.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";

import scanner from "@flow-scanner/lightning-flow-scanner-core";
import { ComponentSet, MetadataConverter } from "@salesforce/source-deploy-retrieve";

import { binary } from "./org.mjs";

const examples = new URL("../../examples/", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "tidegate-emitted-"));
after(() => rmSync(folder, { recursive: true }));

// What the scanner has against our flows, and why they stay as they are.
const JUSTIFIED = {
  // Where routing fails, the flow is to fail: the channel's own queue gets the chat then. With a fault path the flow
  // would end well, and nobody would have the chat.
  MissingFaultPath: ["Route_To_Queue"],
};

for (const example of readdirSync(examples)) {
  test(example, async () => {
    const out = join(folder, example);
    execFileSync(binary, ["emit", "salesforce", join(examples, example), "-o", out], { stdio: "pipe" });
    const source = join(out, "force-app");
    const files = readdirSync(source, { recursive: true }).filter((file) => file.endsWith("-meta.xml"));

    const components = ComponentSet.fromSource({ fsPaths: [source] });
    assert.equal(components.getSourceComponents().toArray().length, files.length);
    const converted = await new MetadataConverter().convert(components, "metadata", {
      type: "directory",
      outputDirectory: join(folder, "converted", example),
      genUniqueDir: false,
    });
    assert.equal(converted.packagePath, join(folder, "converted", example));
    const own = await ComponentSet.fromManifest({ manifestPath: join(out, "manifest/package.xml") });
    const names = (set) => set.toArray().map(({ type, fullName }) => `${type.name ?? type} ${fullName}`).sort();
    assert.deepEqual(names(own), names(components));

    const flows = files.filter((file) => file.endsWith(".flow-meta.xml")).map((file) => join(source, file));
    const found = scanner.scan(await scanner.parse(flows), {});
    assert.equal(found.length, flows.length, flows.map((flow) => basename(flow)).join());
    for (const { ruleResults } of found) {
      const occurring = ruleResults.filter((result) => result.occurs);
      const told = occurring.map(({ ruleName, details }) => [ruleName, details.map((detail) => detail.name)]);
      assert.deepEqual(Object.fromEntries(told), JUSTIFIED);
    }
  });
}

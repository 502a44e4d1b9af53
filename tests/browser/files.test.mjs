// A photo, from the browser to the Case, under `tidegate dev`.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, leave, visit } from "./browser.mjs";
import { Dev } from "./dev.mjs";

const line = '    file damage required label "A photo of the damage"\n';
const withFile = (text) => text.replace("    conversation.component\n", (found) => found + line);
const withLimit = (text) => text.replace(/^\[messenger\.web\]$/m, (found) => `${found}\nmax_file_mb = 1`);
const photo = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from("the boiler, from below \0\x01")]);

let browser;
let dev;

before(async () => {
  dev = await Dev.start("examples/support", { "breakdown.tide": withFile, "tidegate.toml": withLimit });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await dev?.stop();
});

/** The bytes of the files of a title that the org has saved. */
async function saved(title) {
  for (let tries = 0; tries < 50; tries++) {
    const rows = (await dev.ledger()).flatMap((entry) => entry.outcome.saved ?? []);
    const found = rows.filter((row) => row.object === "ContentVersion" && row.values.Title === title);
    if (found.length > 0) return found.map((row) => Buffer.from(row.values.VersionData, "base64"));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return [];
}

test("a photo stands at the Case as it was chosen", async (context) => {
  const page = await visit(browser, dev.pages);
  context.after(() => leave(page));
  await page.getByRole("link", { name: /Ada Lovelace/ }).click();
  await page.getByRole("button", { name: "Chat with us" }).click();
  const chat = page.frameLocator("tidegate-messenger iframe");
  await chat.getByLabel("Your message").fill("The boiler leaks");
  await chat.getByLabel("Your message").press("Enter");
  await chat.getByRole("button", { name: "Something is broken", exact: true }).click();

  const send = chat.getByRole("button", { name: "Send", exact: true });
  const chooser = chat.getByLabel("A photo of the damage");
  await chat.getByText("up to 1 MB").waitFor();
  await chat.locator("select").first().selectOption({ index: 1 });
  await send.click();
  await chat.getByText("Please choose a file.").waitFor();
  const file = (name, buffer) => ({ name, mimeType: "image/jpeg", buffer });
  await chooser.setInputFiles(file("large.jpg", Buffer.alloc(1024 * 1024 + 1)));
  await chat.getByText("This file is too large. It may have 1 MB at most.").waitFor();
  await chooser.setInputFiles(file("program.jpg", Buffer.from("MZ\x90\0")));
  await send.click();
  await chat.getByText("This kind of file is not taken.").waitFor();
  await chooser.setInputFiles(file("boiler.jpg", photo));
  await send.click();
  await chat.getByText("boiler.jpg").waitFor();
  await chat.getByRole("button", { name: "Start a new conversation" }).waitFor({ timeout: 20_000 });

  const [bytes, ...others] = await saved("boiler.jpg");
  assert.deepEqual(others, []);
  assert.ok(photo.equals(bytes));
});

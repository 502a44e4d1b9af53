// `tidegate dev` in a project whose metadata was pulled from an org of its own: the local org is like that one.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, leave, visit } from "./browser.mjs";
import { Dev } from "./dev.mjs";

let browser;
let dev;

before(async () => {
  dev = await Dev.start("examples/bank");
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await dev?.stop();
});

test("a Case has the fields, the record type and the queue of the project's own org", async (context) => {
  const page = await visit(browser, dev.pages);
  context.after(() => leave(page));
  await page.getByRole("link", { name: /Ada Lovelace/ }).click();
  await page.getByRole("button", { name: "Chat with us" }).click();
  const chat = page.frameLocator("tidegate-messenger iframe");
  await chat.getByRole("button", { name: "My card is gone", exact: true }).click();
  await chat.getByLabel("Last four digits").fill("4321");
  await chat.getByLabel("Your name").fill("Ada");
  await chat.getByLabel("Your e-mail address").fill("ada@example.com");
  await chat.getByRole("button", { name: "Send", exact: true }).click();
  await chat.getByRole("button", { name: "Start a new conversation" }).waitFor({ timeout: 20_000 });

  const named = async (object, name) => (await dev.records(object)).find((one) => one.DeveloperName === name).Id;
  const found = (await dev.records("Case")).filter((one) => one.Card_Last4__c === "4321");
  assert.equal(found.length, 1);
  assert.equal(found[0].Topic__c, "card");
  assert.equal(found[0].OwnerId, await named("Group", "Cards"));
  assert.equal(found[0].RecordTypeId, await named("RecordType", "Service"));
});

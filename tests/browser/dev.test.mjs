// The whole line: browser, runtime, local org, under `tidegate dev`.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, leave, visit } from "./browser.mjs";
import { Dev } from "./dev.mjs";

let browser;
let dev;

before(async () => {
  dev = await Dev.start("examples/support");
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await dev?.stop();
});

/** Chooses who to be, and opens the Messenger on the company's page. */
async function come(context, who) {
  const page = await visit(browser, dev.pages);
  context.after(() => leave(page));
  await page.getByRole("link", { name: who }).click();
  await page.getByRole("button", { name: "Chat with us" }).click();
  const chat = page.frameLocator("tidegate-messenger iframe");
  return { page, chat };
}

async function write(chat, text) {
  await chat.getByLabel("Your message").fill(text);
  await chat.getByLabel("Your message").press("Enter");
  await chat.locator(".customer .bubble", { hasText: text }).waitFor();
}

const press = (chat, name) => chat.getByRole("button", { name, exact: true }).click();
const ended = (chat) => chat.getByRole("button", { name: "Start a new conversation" }).waitFor({ timeout: 20_000 });

/** The creates of an object that the org saved behind an entry of its ledger. */
async function created(object, behind) {
  const entries = await dev.ledger();
  return entries.filter((entry) => entry.sequence > behind && entry.object === object && entry.action === "create" && entry.outcome.saved);
}

const last = async () => (await dev.ledger()).at(-1)?.sequence ?? 0;

async function idOf(object, field, value) {
  const found = (await dev.records(object)).filter((record) => record[field] === value);
  assert.equal(found.length, 1, `one ${object} has ${field} ${value}`);
  return found[0].Id;
}

/** What the org keeps of a Case. */
async function stored(id) {
  return (await dev.records("Case")).find((record) => record.Id === id);
}

/** The text files that hang on a record; they come after the Case. */
async function files(id) {
  for (let tries = 0; tries < 50; tries++) {
    const links = (await dev.records("ContentDocumentLink")).filter((link) => link.LinkedEntityId === id);
    const versions = await dev.records("ContentVersion");
    const found = links.flatMap((link) => versions.filter((one) => one.ContentDocumentId === link.ContentDocumentId));
    if (found.length > 0) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return [];
}

test("a known Contact becomes one Case, over a reload and a killed runtime", async (context) => {
  const behind = await last();
  const { page, chat } = await come(context, /Ada Lovelace/);
  await chat.getByText("Hi Ada. What can we do for you?").waitFor();
  await write(chat, "I was charged twice for my boiler");
  await press(chat, "A bill or a payment");

  await chat.getByLabel("Order number").fill("12");
  await press(chat, "Send");
  await chat.getByText("Six digits, please").waitFor();
  assert.deepEqual(await created("Case", behind), []);

  const before = await chat.locator(".bubble").allInnerTexts();
  await page.reload();
  await chat.getByLabel("Order number").waitFor();
  assert.deepEqual(await chat.locator(".bubble").allInnerTexts(), before);

  await chat.getByLabel("Order number").fill("123456");
  await chat.getByLabel("Amount in question").fill("750.00");
  await dev.kill();
  await chat.getByText("Connection lost").waitFor();
  await dev.run();
  // It comes back by itself; its longest pause between two tries is 15 s.
  await chat.getByText("Connection lost").waitFor({ state: "detached", timeout: 30_000 });
  assert.deepEqual(await chat.locator(".bubble").allInnerTexts(), before);
  await press(chat, "Send");
  await ended(chat);
  await chat.getByText("Your request has been passed on to our team.").waitFor();

  const cases = await created("Case", behind);
  assert.equal(cases.length, 1);
  const [{ values, id }] = cases;
  assert.equal(values.ContactId, await idOf("Contact", "Email", "ada@example.com"));
  assert.equal(values.OwnerId, await idOf("Group", "DeveloperName", "Tier_2"));
  const kept = await stored(id);
  assert.equal(kept.RecordTypeId, await idOf("RecordType", "DeveloperName", "Support"));
  assert.match(kept.Tidegate_Key__c, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.equal(kept.Order_Number__c, "123456");
  assert.equal(Number(kept.Refund_Amount__c), 750);
  assert.equal(kept.Reason, "Billing");
  assert.equal(kept.Priority, "High");
  assert.equal(kept.Origin, "Chat");
  assert.equal(kept.Channel__c, "web_chat");
  assert.ok(kept.Subject);
  assert.match(kept.Description, /charged twice/);

  const transcripts = await files(id);
  assert.equal(transcripts.length, 1);
  const [transcript] = await created("ContentVersion", behind);
  const saved = transcript.outcome.saved.find((row) => row.object === "ContentVersion");
  const text = Buffer.from(saved.values.VersionData, "base64").toString("utf8");
  for (const words of ["Hi Ada.", "I was charged twice for my boiler", "A bill or a payment", "123456"]) {
    assert.ok(text.includes(words), `the transcript has ${words}:\n${text}`);
  }
});

test("an unknown visitor becomes a Case with the address that they gave", async (context) => {
  const behind = await last();
  const { chat } = await come(context, /Somebody unknown/);
  await chat.getByText("Hi there. What can we do for you?").waitFor();
  await write(chat, "Do you ship to Norway?");
  await press(chat, "Something else");

  await chat.getByLabel("Your e-mail address").fill("somebody");
  await press(chat, "Send");
  await chat.getByText("Please enter an e-mail address").waitFor();
  await chat.getByLabel("Your e-mail address").fill("somebody@example.org");
  await chat.getByLabel("Your name").fill("Some Body");
  await press(chat, "Send");
  await ended(chat);

  const cases = await created("Case", behind);
  assert.equal(cases.length, 1);
  const [{ values }] = cases;
  assert.equal(values.ContactId, undefined);
  assert.equal(values.SuppliedEmail, "somebody@example.org");
  assert.equal(values.SuppliedName, "Some Body");
  assert.equal(values.OwnerId, await idOf("Group", "DeveloperName", "Tier_1"));
  assert.equal(values.Reason, "Other");
});

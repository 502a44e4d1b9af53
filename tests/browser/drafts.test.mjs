// What an AI is about to say: it grows where the message will stand, moves nobody, and is gone when that is there.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { launch, leave, visit } from "./browser.mjs";
import { Mock } from "./mock.mjs";

let browser;
let mock;
let page;

before(async () => (browser = await launch()));
after(() => browser.close());

beforeEach(async (context) => {
  mock = await new Mock().start();
  page = await visit(browser, `${mock.url}/messenger/?messenger=web`);
  context.after(async () => {
    await leave(page);
    await mock.stop();
  });
  await said("What can we do for you?");
  await page.getByLabel("Your message").fill("draft an answer");
  await page.keyboard.press("Enter");
  await page.locator(".working").waitFor();
});

const drafts = () => page.locator(".draft");
const said = (text) => page.locator(".bubble", { hasText: text }).first().waitFor();
const draft = async (text) => {
  mock.draft(mock.conversation, text);
  await drafts().filter({ hasText: text.split("\n").at(-1) }).waitFor();
};
const answer = (text) => mock.emit(mock.conversation, { kind: "said", from: "ai", text });
const scrolled = () =>
  page.locator(".log").evaluate((log) => ({ top: log.scrollTop, left: log.scrollHeight - log.clientHeight - log.scrollTop }));
const lines = (many) => Array.from({ length: many }, (_, at) => `Line ${at + 1} of many`).join("\n");

test("the message takes a draft's place, and is what is read out", async () => {
  await draft("Turn it");
  await draft("Turn it off <b>and</b>");
  assert.equal(await drafts().count(), 1);
  assert.equal(await page.locator(".draft b").count(), 0);
  assert.equal(await drafts().getAttribute("aria-live"), "off");
  // What was there at the opening is not read out; it takes a moment until the rest is.
  await page.locator(".log[aria-live=polite]").waitFor();
  const { y } = await drafts().boundingBox();
  answer("Turn it off <b>and</b> on again.");
  await said("on again.");
  assert.equal(await drafts().count(), 0);
  assert.equal(await page.locator(".turn.ai .bubble").count(), 1);
  assert.equal((await page.locator(".turn.ai").boundingBox()).y, y);
});

test("who is at the end stays there, and who reads above is not moved", async () => {
  await draft(lines(60));
  await page.waitForFunction(() => {
    const log = document.querySelector(".log");
    return log.scrollHeight > log.clientHeight && log.scrollHeight - log.clientHeight - log.scrollTop < 2;
  });
  await page.locator(".log").evaluate((log) => log.scrollTo({ top: 0, behavior: "instant" }));
  await page.getByRole("button", { name: "Newest" }).waitFor();
  await draft(lines(90));
  assert.equal((await scrolled()).top, 0);
});

test("a draft that comes to nothing is gone, and so is one behind a break", async () => {
  await draft("I would say");
  mock.draft(mock.conversation, "");
  await drafts().waitFor({ state: "detached" });
  await draft("Or rather");
  mock.drop();
  await drafts().waitFor({ state: "detached" });
});

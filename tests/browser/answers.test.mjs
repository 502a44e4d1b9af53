// The AI's jobs with no network: a question answered and confirmed, one that no article answers, and
// what the customer's words say of the list.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, leave, visit } from "./browser.mjs";
import { Dev } from "./dev.mjs";

let browser;
let dev;

before(async () => {
  dev = await Dev.start("examples/software");
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await dev?.stop();
});

/** Opens the Messenger as a visitor for whom nobody vouches, and asks something. */
async function ask(context, question) {
  const page = await visit(browser, dev.pages);
  context.after(() => leave(page));
  await page.getByRole("link", { name: /Somebody unknown/ }).click();
  await page.getByRole("button", { name: "Chat with us" }).click();
  const chat = page.frameLocator("tidegate-messenger iframe");
  await chat.getByText("What can we help you with?").waitFor();
  await chat.getByLabel("Your message").fill(question);
  await chat.getByLabel("Your message").press("Enter");
  await press(chat, "I have a question");
  return chat;
}

const press = (chat, name) => chat.getByRole("button", { name, exact: true }).click();

/** The Cases that came, as the org keeps them, once there is one more than before. */
async function nextCase(before) {
  for (let tries = 0; tries < 100; tries++) {
    const cases = await dev.records("Case");
    if (cases.length > before) return cases.at(-1);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  assert.fail("no Case came");
}

test("a question that an article answers becomes a closed Case, once the customer says that it helped", async (context) => {
  const before = (await dev.records("Case")).length;
  const chat = await ask(context, "Hello, the pay slip of Anna is wrong. How can I calculate it again?");
  await chat.getByText("Calculate anew").waitFor();
  await chat.getByText("https://help.ledgerly.example/pay-slips").waitFor();
  await chat.getByText("Did that help?").waitFor();
  await press(chat, "That helped");
  await chat.getByText("Glad to help.").waitFor();
  const kept = await nextCase(before);
  assert.equal(kept.Status, "Closed");
  assert.equal(kept.Module__c, "payroll", "what the words say of the list is on the Case");
  assert.equal(kept.Subject, "Answered in chat: payroll");
});

test("a question that no article answers becomes an open Case", async (context) => {
  const before = (await dev.records("Case")).length;
  const chat = await ask(context, "Do you also sell umbrellas?");
  await chat.getByLabel("Your work e-mail address").fill("ada@example.com");
  await press(chat, "Send");
  await chat.getByText("A colleague answers by e-mail.").waitFor();
  const kept = await nextCase(before);
  assert.notEqual(kept.Status, "Closed");
  assert.equal(kept.Module__c ?? null, null, "nothing fits, and nothing is made up");
  assert.match(kept.Description, /umbrellas/);
});

test("a further question is understood, and thanks in words too", async (context) => {
  const before = (await dev.records("Case")).length;
  const chat = await ask(context, "I forgot my password");
  await chat.getByText("Forgot password?").waitFor();
  await chat.getByLabel("Your message").fill("and how do I invite a colleague as a user?");
  await chat.getByLabel("Your message").press("Enter");
  await chat.getByText("Each user needs a free seat of your plan.").waitFor();
  await chat.getByLabel("Your message").fill("great, thanks");
  await chat.getByLabel("Your message").press("Enter");
  await chat.getByText("Glad to help.").waitFor();
  assert.equal((await nextCase(before)).Status, "Closed");
});

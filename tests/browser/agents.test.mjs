// A customer and an agent, each with a page of their own, under `tidegate dev`.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { launch, leave, visit } from "./browser.mjs";
import { Dev } from "./dev.mjs";

let browser;
let dev;

before(async () => {
  dev = await Dev.start("examples/fin-migration", {
    "support.tide": (text) => {
      const ended = 'ended => end because "an agent has helped"';
      assert.ok(text.includes(ended));
      const told = `ended => {\n      say "Your plan is {person.plan ?? "none"}."\n      end because "an agent has helped"\n    }`;
      return `${text.replace(ended, told)}\nworkflow reread {\n  on agent reply\n  go on\n}\n`;
    },
  });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await dev?.stop();
});

/** A customer who asks for a person. */
async function asksForPerson(context) {
  const page = await visit(browser, dev.pages);
  context.after(() => leave(page));
  context.customer = page;
  await page.getByRole("link", { name: /Ada Lovelace/ }).click();
  await page.getByRole("button", { name: "Chat with us" }).click();
  const chat = page.frameLocator("tidegate-messenger iframe");
  await chat.getByText("How can we help?").waitFor();
  await chat.getByRole("button", { name: "Talk to a person", exact: true }).click();
  await chat.getByText("We are looking for somebody of our team.").waitFor();
  return chat;
}

/** An agent's page, with the conversation that waits. */
async function agent(context) {
  const page = await visit(browser, `${dev.org}/chats`);
  context.after(() => leave(page));
  await page.getByRole("link", { name: /Ada|Guest/ }).first().click();
  await page.getByRole("button", { name: "Accept", exact: true }).waitFor();
  return page;
}

const says = async (chat, text) => {
  await chat.getByLabel("Your message").fill(text);
  await chat.getByLabel("Your message").press("Enter");
};

const writes = async (page, text) => {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Send", exact: true }).click();
};

test("a customer and an agent talk, another agent takes over and ends the chat", async (context) => {
  const chat = await asksForPerson(context);
  const page = await agent(context);
  const transcript = page.frameLocator("iframe");
  await transcript.getByText("What was said before:").waitFor();
  // What was routed has arrived as the channel's parameters.
  const routed = await page.locator("article").last().innerText();
  assert.match(routed, /user_email\s+ada@example\.com/);
  assert.match(routed, /user_full_name\s+Ada Lovelace/);


  await page.getByRole("button", { name: "Accept", exact: true }).click();
  await chat.getByText("is here now.").waitFor();
  await writes(page, "Hello Ada, what is it about?");
  await chat.getByText("Hello Ada, what is it about?").waitFor();
  await says(chat, "My invoice <b>42</b>");
  await transcript.getByText("My invoice <b>42</b>").waitFor();

  await page.getByRole("button", { name: "Transfer", exact: true }).first().click();
  await chat.getByText("We are looking for somebody of our team.").waitFor();
  await says(chat, "Are you still there?");
  await page.getByRole("button", { name: "Accept", exact: true }).click();
  await transcript.getByText("Are you still there?").waitFor();
  await writes(page, "I have found it.");
  await chat.getByText("I have found it.").waitFor();
  await page.getByRole("button", { name: "End the session" }).click();
  await chat.getByText("The chat with our team is over.").waitFor();
  await chat.getByRole("button", { name: "Start a new conversation" }).waitFor();
  const sessions = await dev.records("MessagingSession");
  assert.deepEqual(sessions.map((one) => one.Status), ["Ended"]);
});

test("files go both ways, and what agents send is saved", async (context) => {
  const chat = await asksForPerson(context);
  const page = await agent(context);
  await page.getByRole("button", { name: "Accept", exact: true }).click();
  await chat.getByText("is here now.").waitFor();
  // The org takes 5 MB, which is less than the Messenger does.
  const file = chat.getByLabel("Send a file: Photo, video, PDF, Word, Excel or text, up to 5 MB");
  await file.setInputFiles({ name: "bill.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7 a bill") });
  await chat.locator(".customer").getByText("bill.pdf").waitFor();
  await page.frameLocator("iframe").getByText("bill.pdf").waitFor();
  await file.setInputFiles({ name: "film.mp4", mimeType: "video/mp4", buffer: Buffer.alloc(5 * 2 ** 20 + 1) });
  await chat.getByText("This file is too large. It may have 5 MB at most.").waitFor();

  await page.getByLabel("File", { exact: true }).setInputFiles({
    name: "How to.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("Turn it off and on again."),
  });
  await page.getByRole("button", { name: "Send file", exact: true }).click();
  const saved = chat.getByRole("button", { name: "How to.txt" });
  await saved.waitFor();
  const customer = context.customer;
  const [download] = await Promise.all([customer.waitForEvent("download"), saved.click()]);
  assert.equal(download.suggestedFilename(), "How to.txt");
  assert.equal(await readFile(await download.path(), "utf8"), "Turn it off and on again.");
  await page.getByRole("button", { name: "End the session" }).click();
});

/** The record of the one chat that goes on. */
async function session() {
  const open = (await dev.records("MessagingSession")).filter((one) => one.Status !== "Ended");
  assert.equal(open.length, 1);
  return open[0];
}

/** What a page says, once it says it. */
async function until(what, holds) {
  for (let tries = 0; tries < 100; tries++) {
    const found = await what();
    if (holds(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`not in time: ${JSON.stringify(await what())}`);
}

test("a whole chat: routed values, choices, receipts, files, a transfer, and a field that an agent changes", async (context) => {
  const chat = await asksForPerson(context);
  const page = await agent(context);
  const transcript = page.frameLocator("iframe");
  await page.getByRole("button", { name: "Accept", exact: true }).click();
  await chat.getByText("is here now.").waitFor();

  // The values have come through the flow to the chat's record.
  const routed = await until(session, (one) => one.Status === "Active");
  assert.equal(routed.user_email__c, "ada@example.com");
  assert.equal(routed.user_full_name__c, "Ada Lovelace");

  // What the customer says is read by the agent's side, and told so.
  await says(chat, "My invoice is wrong.");
  await transcript.getByText("My invoice is wrong.").waitFor();
  const id = await until(
    async () => (await dev.chats()).find((one) => one.session?.status === "Active")?.id,
    (found) => found !== undefined,
  );
  await dev.acts(id, "deliver");
  await chat.getByText("Delivered", { exact: true }).waitFor();
  await dev.acts(id, "read");
  await chat.getByText("Read", { exact: true }).waitFor();

  // The agent offers something to press: by keyboard, marked, and gone after a reload.
  await page.getByLabel("Question").fill("Which invoice?");
  await page.getByLabel("Choices, one a line").fill("March\nApril");
  await page.getByRole("button", { name: "Offer", exact: true }).click();
  const offered = chat.getByRole("group", { name: "Which invoice?" });
  await offered.waitFor();
  await context.customer.reload();
  await offered.getByRole("button", { name: "April" }).focus();
  await context.customer.keyboard.press("Enter");
  await transcript.getByText("[April]").waitFor();
  await offered.waitFor({ state: "detached" });
  await chat.locator(".customer .bubble", { hasText: "April" }).waitFor();
  await context.customer.reload();
  await chat.locator(".customer .bubble", { hasText: "April" }).waitFor();
  assert.equal(await offered.count(), 0);

  // What the agent said was shown to the customer, and the agent's side knows.
  await writes(page, "I have a look at April.");
  await chat.getByText("I have a look at April.").waitFor();
  const receipts = async () => {
    const one = (await dev.chats()).find((chat) => chat.id === id);
    return one.entries.find((entry) => entry.text === "I have a look at April.")?.receipt;
  };
  await until(receipts, (receipt) => receipt === "read");

  const file = chat.getByLabel("Send a file");
  await file.setInputFiles({ name: "april.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7 April") });
  await transcript.getByText("april.pdf").waitFor();
  const sent = { name: "Right.txt", mimeType: "text/plain", buffer: Buffer.from("This is the right one.") };
  await page.getByLabel("File", { exact: true }).setInputFiles(sent);
  await page.getByRole("button", { name: "Send file", exact: true }).click();
  await chat.getByRole("button", { name: "Right.txt" }).waitFor();

  await page.getByRole("button", { name: "Transfer", exact: true }).first().click();
  await chat.getByText("We are looking for somebody of our team.").waitFor();
  await page.getByRole("button", { name: "Accept", exact: true }).click();
  await chat.getByText("We are looking for somebody of our team.").waitFor({ state: "detached" });

  // What the next agent changes is read at their reply, and known behind the hand-off.
  const ada = (await dev.records("Contact")).find((one) => one.Email === "ada@example.com");
  assert.notEqual(ada.Plan__c, "Company");
  await dev.change("Contact", ada.Id, { Plan__c: "Company" });
  await writes(page, "You have the Company plan now.");
  await chat.getByText("You have the Company plan now.").waitFor();
  await says(chat, "Thank you!");
  await transcript.getByText("Thank you!").waitFor();
  await page.getByRole("button", { name: "End the session" }).click();
  await chat.getByText("Your plan is Company.").waitFor();
  await chat.getByRole("button", { name: "Start a new conversation" }).waitFor();
  const over = (await dev.records("MessagingSession")).find((one) => one.Id === routed.Id);
  assert.equal(over.Status, "Ended");
});

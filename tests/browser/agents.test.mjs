// A customer and an agent, each with a page of their own, under `tidegate dev`.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { launch, leave, visit } from "./browser.mjs";
import { Dev } from "./dev.mjs";

let browser;
let dev;

before(async () => {
  dev = await Dev.start("examples/fin-migration");
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

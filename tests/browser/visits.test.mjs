// What a company's page shows to visitors who have not opened the chat.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { audit, launch, leave, visit } from "./browser.mjs";
import { Dev } from "./dev.mjs";
import { identityOf, Mock } from "./mock.mjs";

const HELP = "Can we help you choose?";

let browser;
let mock;

before(async () => (browser = await launch()));
after(() => browser.close());

beforeEach(async (context) => {
  mock = await new Mock().start();
  mock.times = [50];
  mock.shows = [HELP];
  context.after(() => mock.stop());
});

/** A page of the company's; `visitor` is what it says about who is there. */
async function site(context, visitor = "undefined", options = {}) {
  const page = await visit(browser, "about:blank", { reducedMotion: "reduce", ...options });
  context.after(() => leave(page));
  await page.route("**/site.js", (route) =>
    route.fulfill({ contentType: "text/javascript", body: `window.tidegate = ${visitor};` }),
  );
  await page.goto(`${mock.url}/site?label=Ask%20us`);
  return page;
}

const launcher = (page) => page.getByRole("button", { name: /^Ask us/ });
const chat = (page) => page.frameLocator("tidegate-messenger iframe");
const teaser = (page) => page.getByRole("status").getByRole("button", { name: HELP });

/** Waits until something holds here that no page shows. */
async function until(holds) {
  for (let tries = 0; tries < 100 && !holds(); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(holds());
}

test("a visit shows something beside the button, and nothing has begun", async (context) => {
  const page = await site(context, `{ identity: async () => '${identityOf("Ada")}', email: 'ada@example.com' }`);
  await teaser(page).waitFor();
  assert.equal(mock.visits.length, 1);
  const [{ visit: told, page: where, identity, email }] = mock.visits;
  assert.deepEqual([told, where], [{ after_ms: 50 }, `${mock.url}/site?label=Ask%20us`]);
  assert.deepEqual([identity, email], [identityOf("Ada"), "ada@example.com"]);
  assert.equal(mock.opens.length, 0);
  assert.equal(await page.getByRole("dialog").isVisible(), false);
  await audit(page);
});

test("who takes it up goes on with that conversation", async (context) => {
  const page = await site(context);
  await teaser(page).click();
  await chat(page).getByText(HELP).waitFor();
  assert.deepEqual(mock.opens[0].visit, { after_ms: 50 });
  assert.equal(await teaser(page).count(), 0);
  await chat(page).getByLabel("Your message").fill("Yes, a boiler");
  await chat(page).getByLabel("Your message").press("Enter");
  await chat(page).getByText("You said: Yes, a boiler").waitFor();
  // The next page shows the conversation, and nothing else.
  await page.reload();
  await chat(page).getByText("You said: Yes, a boiler").waitFor();
  assert.equal(mock.visits.length, 1);
  assert.equal(await teaser(page).count(), 0);
});

test("by the keyboard as well", async (context) => {
  const page = await site(context);
  await teaser(page).waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.textContent), HELP);
  await page.keyboard.press("Enter");
  await chat(page).getByText(HELP).waitFor();
  assert.deepEqual(mock.opens[0].visit, { after_ms: 50 });
});

test("it can be closed, and the button opens the chat as ever", async (context) => {
  for (const close of ["click", "Escape"]) {
    const page = await site(context);
    const opened = mock.opens.length;
    await teaser(page).waitFor();
    if (close === "click") await page.getByRole("button", { name: "Close message" }).click();
    else {
      await teaser(page).focus();
      await page.keyboard.press("Escape");
    }
    await teaser(page).waitFor({ state: "detached" });
    assert.equal(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.className), "launch");
    await launcher(page).click();
    await chat(page).getByText("What can we do for you?").waitFor();
    assert.equal(mock.opens.length, opened + 1);
    assert.equal(mock.opens.at(-1).visit, undefined);
  }
});

test("the button takes it up, too, while it is there", async (context) => {
  const page = await site(context);
  await teaser(page).waitFor();
  await launcher(page).click();
  await chat(page).getByText(HELP).waitFor();
  assert.deepEqual(mock.opens[0].visit, { after_ms: 50 });
});

test("one page shows one thing, and asks on where nothing was shown", async (context) => {
  mock.shows = [];
  mock.times = [20, 40, 60, 80];
  const page = await site(context);
  await until(() => mock.visits.length >= 2);
  mock.shows = [HELP];
  mock.times = [20, 40, 60];
  mock.visits = [];
  await page.reload();
  await teaser(page).waitFor();
  await page.getByRole("button", { name: "Close message" }).click();
  const told = mock.visits.length;
  // All times have passed when this has come.
  await launcher(page).click();
  await chat(page).getByText("What can we do for you?").waitFor();
  assert.equal(mock.visits.length, told);
  assert.equal(await teaser(page).count(), 0);
});

test("where nothing is shown, the button opens the chat in the frame that asked", async (context) => {
  mock.shows = [];
  const page = await site(context);
  await until(() => mock.visits.length === 1);
  await launcher(page).click();
  await chat(page).getByText("What can we do for you?").waitFor();
  assert.equal(mock.opens.length, 1);
});

test("a network that comes back begins no conversation", async (context) => {
  mock.shows = [];
  const page = await site(context);
  await until(() => mock.visits.length === 1);
  await page.frames()[1].evaluate(() => dispatchEvent(new Event("online")));
  await page.evaluate(() => window.tidegate.identify());
  await launcher(page).click();
  await chat(page).getByText("What can we do for you?").waitFor();
  assert.equal(mock.opens.length, 1);
});

test("whoever chats is shown nothing", async (context) => {
  mock.times = [];
  const page = await site(context);
  await launcher(page).click();
  await chat(page).getByText("What can we do for you?").waitFor();
  mock.times = [1];
  await page.reload();
  await chat(page).getByText("What can we do for you?").waitFor();
  assert.equal(mock.visits.length, 0);
  // In another tab, the server knows.
  const other = await page.context().newPage();
  await other.goto(`${mock.url}/site?label=Ask%20us`);
  await until(() => mock.visits.length === 1);
  await launcher(other).waitFor();
  assert.equal(await teaser(other).count(), 0);
});

test("a server that fails leaves the button as it is", async (context) => {
  mock.faults = [{ route: /visits/, status: 503 }];
  const page = await site(context);
  await launcher(page).waitFor();
  mock.faults = [{ route: /nothing/, status: 0 }, { route: /visits/, status: 200, after: true, body: "?" }];
  await page.reload();
  await launcher(page).click();
  await chat(page).getByText("What can we do for you?").waitFor();
});

test("it fits a phone, in the dark", async (context) => {
  mock.shows = [HELP, "We know every boiler that was ever built, and most of the heat pumps. ".repeat(20)];
  const page = await site(context, "undefined", { viewport: { width: 320, height: 568 }, colorScheme: "dark" });
  const bubble = page.getByRole("status").locator(".teaser");
  await bubble.waitFor();
  const { x, y, width, height } = await bubble.boundingBox();
  assert.ok(x >= 0 && y >= 0 && x + width <= 320 && y + height <= 568, JSON.stringify({ x, y, width, height }));
  await audit(page);
});

test("under `tidegate dev`: shown, closed, not shown again, and taken up", { timeout: 180_000 }, async (context) => {
  const dev = await Dev.start("examples/retailer", {
    "fjordwear.tide": (text) => text.replace('after 45s when session.page contains "/returns"', "after 1s"),
    "tests.tide": (text) => text.replaceAll("visits after 45s", "visits after 1s"),
  });
  context.after(() => dev.stop());
  const come = async () => {
    const page = await visit(browser, dev.pages);
    context.after(() => leave(page));
    await page.getByRole("link", { name: /Somebody unknown/ }).click();
    return page;
  };
  const asked = (page) => page.getByRole("status").getByRole("button", { name: /send something back/ });
  const told = (page) => page.waitForResponse((answer) => answer.url().includes("/v1/visits") && answer.request().method() === "POST");

  const one = await come();
  await asked(one).waitFor();
  await one.getByRole("button", { name: "Close message" }).click();
  const again = told(one);
  await one.reload();
  assert.deepEqual((await (await again).json()).says, []);
  assert.equal(await asked(one).count(), 0);

  const other = await come();
  await asked(other).click();
  const talk = chat(other);
  await talk.getByRole("button", { name: "I want to return something" }).click();
  await talk.getByLabel("Order number").waitFor();
  const before = await talk.locator(".bubble").allInnerTexts();
  await other.reload();
  await talk.getByLabel("Order number").waitFor();
  assert.deepEqual(await talk.locator(".bubble").allInnerTexts(), before);
  assert.equal(await asked(other).count(), 0);
});

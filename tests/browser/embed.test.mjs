// The embed script on a company's page.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { audit, launch, leave, visit } from "./browser.mjs";
import { identityOf, Mock } from "./mock.mjs";

let browser;
let mock;

before(async () => (browser = await launch()));
after(() => browser.close());

beforeEach(async (context) => {
  mock = await new Mock().start();
  context.after(() => mock.stop());
});

/** A page of the company's; `visitor` is what it says about who is there. */
async function site(context, visitor = "undefined", query = "label=Ask%20us&title=Warm%20homes") {
  // Without motion: a panel that still rises has no place yet.
  const page = await visit(browser, "about:blank", { reducedMotion: "reduce" });
  context.after(() => leave(page));
  page.visitor = visitor;
  await page.route("**/site.js", (route) =>
    route.fulfill({ contentType: "text/javascript", body: `window.tidegate = ${page.visitor};` }),
  );
  await page.goto(`${mock.url}/site?${query}`);
  return page;
}

const ada = identityOf("Ada");
const launcher = (page) => page.getByRole("button", { name: /^Ask us/ });
const chat = (page) => page.frameLocator("tidegate-messenger iframe");
const greeting = (page) => chat(page).getByText("What can we do for you?");

test("nothing is loaded or begun until the button is pressed", async (context) => {
  const page = await site(context);
  await launcher(page).waitFor();
  assert.equal(page.frames().length, 1);
  assert.equal(mock.opens.length, 0);
  await launcher(page).click();
  await greeting(page).waitFor();
  assert.equal(mock.opens.length, 1);
  assert.equal(mock.opens[0].page, `${mock.url}/site?label=Ask%20us&title=Warm%20homes`);
  await chat(page).getByRole("heading", { name: "Warm homes" }).waitFor();
  await audit(page);
});

test("the site's word on the visitor goes by message, never by an address", async (context) => {
  const addresses = [];
  const page = await site(context, `{ identity: async () => '${ada}', email: 'ada@example.com' }`);
  page.on("request", (request) => addresses.push(request.url()));
  await launcher(page).click();
  await chat(page).getByText("Hi Ada.").waitFor();
  assert.equal(mock.opens[0].identity, ada);
  assert.equal(mock.opens[0].email, "ada@example.com");
  assert.ok(addresses.every((url) => !url.includes(ada) && !/ada@|token/.test(url)));
});

test("an identity that cannot be had leaves the visitor unknown, and the chat working", async (context) => {
  const page = await site(context, "{ identity: async () => { throw new Error('signed out') } }");
  await launcher(page).click();
  await chat(page).getByText("Hi there.").waitFor();
  assert.equal(mock.opens[0].identity, undefined);
});

test("Escape closes the panel from inside and gives the focus back", async (context) => {
  const page = await site(context);
  await launcher(page).focus();
  await page.keyboard.press("Enter");
  await chat(page).getByLabel("Your message").waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === "TIDEGATE-MESSENGER");
  await page.keyboard.type("typed at once");
  assert.equal(await chat(page).getByLabel("Your message").inputValue(), "typed at once");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  assert.equal(await launcher(page).getAttribute("aria-expanded"), "false");
  assert.equal(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.className), "launch");
  await page.keyboard.press("Enter");
  await greeting(page).waitFor();
});

test("what comes while the panel is closed is counted on the button", async (context) => {
  const page = await site(context);
  await launcher(page).click();
  await greeting(page).waitFor();
  await chat(page).getByRole("button", { name: "Close chat" }).click();
  mock.say(mock.conversation, "one more thing");
  mock.say(mock.conversation, "and another");
  await page.getByRole("button", { name: "Ask us, 2 unread" }).waitFor();
  await launcher(page).click();
  await page.getByRole("button", { name: "Ask us", exact: true }).waitFor();
});

test("the conversation is there on the site's next page", async (context) => {
  const page = await site(context);
  await launcher(page).click();
  await greeting(page).waitFor();
  await page.reload();
  await greeting(page).waitFor();
  assert.equal(mock.conversations.size, 1);
});

/** A page on which the visitor is signed in by pressing its own button, or the chat's. */
const withLogin = `{
  identity: async () => window.signedIn,
  signIn: async () => { window.signedIn = '${ada}'; },
}`;

async function asksToSignIn(page) {
  await launcher(page).click();
  await greeting(page).waitFor();
  mock.close(mock.conversation);
  mock.ask(mock.conversation, { kind: "verify", human: false });
  await chat(page).getByText("Please sign in").first().waitFor();
}

test("a visitor who is asked to signs in on the page, and the conversation goes on", async (context) => {
  const page = await site(context, withLogin);
  await page.evaluate(() => window.addEventListener("tidegate:verify", () => (window.heard = true)));
  await asksToSignIn(page);
  await audit(page);
  await chat(page).getByRole("button", { name: "Sign in" }).click();
  await chat(page).getByText("Now we know you, Ada.").waitFor();
  assert.equal(await page.evaluate(() => window.heard), true);
  assert.equal(await chat(page).getByRole("button", { name: "Sign in" }).count(), 0);
  assert.equal(mock.conversations.size, 1);
});

test("a page without `signIn` says by itself that the visitor is known", async (context) => {
  const page = await site(context, "{ identity: async () => window.signedIn }");
  await asksToSignIn(page);
  await page.evaluate((jwt) => {
    window.signedIn = jwt;
    window.tidegate.identify();
  }, ada);
  await chat(page).getByText("Now we know you, Ada.").waitFor();
});

test("whoever does not want to sign in says so", async (context) => {
  const page = await site(context, "undefined");
  await asksToSignIn(page);
  await chat(page).getByRole("button", { name: "Not now" }).click();
  await chat(page).getByText("Then in general.").waitFor();
});

test("signing out leaves nothing of the visitor behind", async (context) => {
  const page = await site(context);
  await launcher(page).click();
  await greeting(page).waitFor();
  await page.evaluate(() => window.tidegate.signOut());
  await assert.doesNotReject(async () => {
    for (let tries = 0; mock.conversations.size < 2; tries++) {
      if (tries > 50) throw new Error("no new visitor");
      await page.waitForTimeout(100);
    }
  });
  assert.equal(mock.logouts, 1);
});

test("whoever comes after a signed-in visitor does not see their conversation", async (context) => {
  const page = await site(context, `{ identity: async () => '${ada}' }`);
  await launcher(page).click();
  await chat(page).getByText("Hi Ada.").waitFor();
  page.visitor = `{ identity: async () => '${identityOf("Grace")}' }`;
  await page.reload();
  await chat(page).getByText("Hi Grace.").waitFor();
  // The server has been told that the one before is gone.
  assert.equal(mock.logouts, 1);
  page.visitor = "undefined";
  await page.reload();
  await chat(page).getByText("Hi there.").waitFor();
  page.visitor = `{ identity: async () => '${ada}' }`;
  await page.reload();
  await chat(page).getByText("Hi Ada.").waitFor();
  assert.equal(mock.conversations.size, 3);
});

test("the frame heeds only the page that embeds it", async (context) => {
  const page = await site(context);
  await launcher(page).click();
  await greeting(page).waitFor();
  const opens = mock.opens.length;
  // From within the frame itself: right shape, wrong source.
  await page.frames()[1].evaluate(() => window.postMessage({ tidegate: "forget" }, "*"));
  // From the page: right source, wrong shapes.
  await page.evaluate(() => {
    const { contentWindow } = document.querySelector("tidegate-messenger").shadowRoot.querySelector("iframe");
    for (const data of [null, 7, "forget", { tidegate: 1 }, { forget: true }]) contentWindow.postMessage(data, "*");
  });
  await page.waitForTimeout(300);
  assert.equal(mock.opens.length, opens);
  await greeting(page).waitFor();
});

test("on a phone the panel is the screen", async (context) => {
  const page = await site(context);
  await page.setViewportSize({ width: 390, height: 700 });
  await launcher(page).click();
  await greeting(page).waitFor();
  const box = await page.getByRole("dialog").boundingBox();
  assert.deepEqual([box.x, box.y, box.width, box.height], [0, 0, 390, 700]);
  assert.equal(await launcher(page).isVisible(), false);
});

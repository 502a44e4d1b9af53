// Who sees little, moves little, or has no pointer uses the Messenger too.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { audit, launch, leave, visit } from "./browser.mjs";
import { Mock } from "./mock.mjs";

let browser;
let mock;

before(async () => (browser = await launch()));
after(() => browser.close());

beforeEach(async (context) => {
  mock = await new Mock().start();
  context.after(() => mock.stop());
});

async function open(context, options, query = "") {
  const page = await visit(browser, `${mock.url}/messenger/?messenger=web${query}`, { reducedMotion: "reduce", ...options });
  context.after(() => leave(page));
  await page.getByRole("button", { name: "A bill" }).waitFor();
  return page;
}

const looks = [
  ["light", {}, ""],
  ["dark", { colorScheme: "dark" }, ""],
  ["a company's pale colour", {}, "&colour=%23ffd400"],
  ["a pale colour in the dark", { colorScheme: "dark" }, "&colour=ffd400"],
  ["a phone", { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true }, "&colour=123"],
];

describe("axe finds nothing", () => {
  for (const [name, options, query] of looks) {
    test(name, async (context) => {
      const page = await open(context, options, query);
      await audit(page);
      await page.getByRole("button", { name: "A bill" }).click();
      await page.getByRole("button", { name: "Send", exact: true }).click();
      await page.locator(".summary").waitFor();
      await audit(page);
      await page.getByLabel("Your message").fill("ask the AI");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "That helped" }).waitFor();
      await audit(page);
      mock.faults.push({ route: /messages$/, status: 400 });
      await page.getByLabel("Your message").fill("refused");
      await page.keyboard.press("Enter");
      await page.getByText("Not sent.").waitFor();
      mock.cut();
      await page.getByText("Connection lost").waitFor();
      await audit(page);
    });
  }

  test("every kind of line, with its mistakes", async (context) => {
    const page = await open(context, {});
    await page.getByLabel("Your message").fill("everything");
    await page.keyboard.press("Enter");
    await page.getByLabel("What happened").fill("a");
    await page.getByLabel("Pieces").fill("1.5");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.locator(".summary").waitFor();
    await audit(page);
    assert.equal(await page.locator(".field .error").count(), 6);
  });

  test("an answered form and the end", async (context) => {
    const page = await open(context, {});
    await page.getByLabel("Your message").fill("everything");
    await page.keyboard.press("Enter");
    await page.getByLabel("Name").fill("Ada");
    await page.getByRole("radio", { name: "5" }).check();
    await page.keyboard.press("ArrowLeft");
    await page.getByLabel("I agree to a visit").check();
    await page.getByLabel("Tue").check();
    await page.getByLabel("Best moment").fill("2026-11-24T10:30");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByRole("button", { name: "Start a new conversation" }).waitFor();
    await audit(page);
    const { submitted } = mock.conversation;
    assert.equal(submitted["a.many"], "tue");
    assert.equal(submitted["a.tick"], "true");
    assert.equal(submitted["a.stars"], "4");
    assert.equal(submitted["a.moment"], new Date("2026-11-24T10:30").toISOString().replace(".000", ""));
  });
});

describe("without a pointer", () => {
  const name = (page) =>
    page.evaluate(() => {
      const { activeElement: node } = document;
      return node?.labels?.[0]?.innerText.trim() ?? node?.getAttribute("aria-label") ?? node?.innerText?.trim() ?? "";
    });

  /** Presses Tab until something of that name has the focus, and shows that it has. */
  async function tabTo(page, wanted) {
    for (let presses = 0; presses < 20; presses++) {
      await page.keyboard.press("Tab");
      if ((await name(page)).startsWith(wanted)) {
        const ring = await page.evaluate(() => {
          const { activeElement: node } = document;
          const near = node.closest(".composer") ?? node;
          return getComputedStyle(near).outlineStyle !== "none" && getComputedStyle(near).outlineWidth !== "0px";
        });
        assert.ok(ring, `the focus is visible on ${wanted}`);
        return;
      }
    }
    assert.fail(`Tab leads to ${wanted}`);
  }

  test("a conversation from its beginning to the Case", async (context) => {
    const page = await open(context, {});
    await tabTo(page, "A bill");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Send", exact: true }).waitFor();
    await page.waitForFunction(() => document.activeElement?.labels?.[0]?.textContent.includes("Order number"));
    await tabTo(page, "Send");
    await page.keyboard.press("Enter");
    assert.equal(await name(page), "Order number");
    await page.keyboard.type("123456");
    await tabTo(page, "Product");
    await page.keyboard.press("ArrowDown");
    await tabTo(page, "E-mail");
    await page.keyboard.type("ada@example.com");
    await page.keyboard.press("Enter");
    await page.getByText("Reference: 00001042").waitFor();
    await tabTo(page, "Start a new conversation");
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "A breakdown" }).waitFor();
    assert.equal(await name(page), "Your message");
  });
});

test("what is new is announced, what is old is not", async (context) => {
  const page = await open(context, {});
  const log = page.getByRole("log", { name: "Conversation" });
  await page.waitForFunction(() => document.querySelector(".log")?.getAttribute("aria-live") === "polite");
  mock.say(mock.conversation, "something new");
  await log.getByText("something new").waitFor();
  assert.equal(await log.getAttribute("aria-live"), "polite");
});

test("nothing has to be scrolled sideways on the narrowest phone", async (context) => {
  const page = await open(context, { viewport: { width: 320, height: 560 }, isMobile: true, hasTouch: true });
  mock.say(mock.conversation, "x".repeat(200));
  await page.getByText("xxx").waitFor();
  const wide = await page.evaluate(() => document.querySelector(".log").scrollWidth > document.querySelector(".log").clientWidth);
  assert.equal(wide, false);
});

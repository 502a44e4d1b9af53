// Debian's Chromium, driven by playwright-core.

import axe from "axe-core";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page of its own, whose errors fail the test: an uncaught exception, or something that the policy forbids. */
export async function visit(browser, url, options = {}) {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 900, height: 800 }, ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("console", (message) => {
    if (/Content Security Policy|Refused to/i.test(message.text())) page.faults.push(message.text());
  });
  page.setDefaultTimeout(10_000);
  await page.goto(url);
  return page;
}

export async function leave(page) {
  const { faults } = page;
  await page.context().close();
  assert.deepEqual(faults, []);
}

/** Fails on what keeps people out, in the words of WCAG 2.2 AA. */
export async function audit(page) {
  // Into the page by the debugger's protocol, which its policy does not bind.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  const found = violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map((n) => n.html).join(" | ")}`);
  assert.deepEqual(found, []);
}

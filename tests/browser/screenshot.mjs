// Makes `messenger/screenshot.png`: the Messenger on a phone-sized screen, light and dark.
// Uses the machine's fonts, so it is not compared with anything.

import { fileURLToPath } from "node:url";
import { launch, visit } from "./browser.mjs";
import { Mock, orderForm } from "./mock.mjs";

const target = fileURLToPath(new URL("../../messenger/screenshot.png", import.meta.url));
const frame = { viewport: { width: 400, height: 730 }, deviceScaleFactor: 2, reducedMotion: "reduce" };
const mock = await new Mock().start();
mock.form = { ...orderForm, fields: orderForm.fields.filter(({ name }) => /order_number|product|amount/.test(name)) };
const browser = await launch();

async function converse(options, act) {
  const page = await visit(browser, `${mock.url}/messenger/?messenger=web&title=Warmhaus%20support`, { ...frame, ...options });
  await page.getByRole("button", { name: "A bill" }).click();
  await page.getByRole("button", { name: "Send", exact: true }).waitFor();
  await act(page);
  await page.waitForTimeout(300);
  const image = await page.screenshot();
  await page.context().close();
  return `data:image/png;base64,${image.toString("base64")}`;
}

const light = await converse({}, async (page) => {
  await page.getByLabel("Order number").fill("1234");
  await page.getByLabel("Product").selectOption("GC1040");
  await page.getByRole("button", { name: "Send", exact: true }).click();
});
const dark = await converse({ colorScheme: "dark" }, async (page) => {
  await page.getByLabel("Order number").fill("123456");
  await page.getByLabel("Product").selectOption("GC1040");
  await page.getByLabel("Amount in question").fill("124.50");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByRole("button", { name: "Start a new conversation" }).waitFor();
});

const sheet = await visit(browser, "about:blank", { viewport: { width: 940, height: 810 }, deviceScaleFactor: 1.5 });
await sheet.setContent(`<style>
  body { margin: 0; height: 100vh; display: flex; gap: 40px; justify-content: center; align-items: center; background: #e9efee }
  img { width: 400px; border-radius: 20px; box-shadow: 0 0 0 1px rgb(0 0 0 / .08), 0 20px 40px -16px rgb(0 0 0 / .3) }
</style><img src="${light}"><img src="${dark}">`);
await sheet.waitForTimeout(200);
await sheet.screenshot({ path: target });
await browser.close();
await mock.stop();

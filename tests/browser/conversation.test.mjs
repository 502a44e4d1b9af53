// A conversation from the first word to the Case, with the breaks that a network makes.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
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
});

const button = (name) => page.getByRole("button", { name, exact: true });
const said = (text) => page.locator(".bubble", { hasText: text }).first().waitFor();
const bubbles = () => page.locator(".bubble").allInnerTexts();
const times = async (text) => (await bubbles()).filter((one) => one === text).length;
const errorOf = (label) =>
  page.getByLabel(label).evaluate((widget) =>
    (widget.getAttribute("aria-describedby") ?? "")
      .split(" ")
      .map((id) => document.getElementById(id))
      .filter((node) => node?.classList.contains("error"))
      .map((node) => node.textContent)
      .join(),
  );
const focused = () => page.evaluate(() => document.activeElement?.labels?.[0]?.textContent.trim() ?? "");

async function write(text) {
  await page.getByLabel("Your message").fill(text);
  await page.keyboard.press("Enter");
}

async function openForm() {
  await button("A bill").click();
  await button("Send").waitFor();
}

async function fillIn() {
  await page.getByLabel("Order number").fill("123456");
  await page.getByLabel("Product").selectOption({ label: "Heat pump" });
  await page.getByLabel("E-mail").fill("ada@example.com");
}

describe("words", () => {
  test("Enter sends, Shift+Enter breaks the line, and what is shown is text", async () => {
    const area = page.getByLabel("Your message");
    await area.fill("<b>one</b>");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("two");
    await page.keyboard.press("Enter");
    await said("<b>one</b>\ntwo");
    assert.equal(await page.locator(".bubble b").count(), 0);
    assert.equal(await area.inputValue(), "");
    assert.equal(await page.getByRole("button", { name: "Send message" }).isDisabled(), true);
  });

  test("what the server took and could not acknowledge is sent again under its id, and stands there once", async () => {
    mock.faults.push({ route: /messages$/, status: 0, after: true });
    await write("only once");
    await page.waitForTimeout(4_000);
    assert.equal(await times("only once"), 1);
    assert.equal(mock.conversation.entries.filter((entry) => entry.text === "only once").length, 1);
    assert.equal(await page.locator(".pending").count(), 0);
  });

  test("what the server refuses says why, and can be sent again or discarded", async () => {
    mock.faults.push({ route: /messages$/, status: 413, body: "This message is too long" });
    await write("refused");
    await page.getByText("Not sent. This message is too long").waitFor();
    await button("Send again").click();
    await page.locator(".pending").waitFor({ state: "detached" });
    assert.equal(await times("refused"), 1);
    mock.faults.push({ route: /messages$/, status: 400 });
    await write("never mind");
    await button("Discard").click();
    assert.equal(await times("never mind"), 0);
  });

  test("a reload does not lose what is under way", async () => {
    mock.faults.push({ route: /messages$/, status: 503 }, { route: /messages$/, status: 503 });
    await write("hold on to this");
    await page.getByText("Waiting for the connection").waitFor();
    await page.reload();
    await page.locator(".pending").waitFor({ state: "detached", timeout: 15_000 });
    assert.equal(await times("hold on to this"), 1);
  });
});

describe("forms", () => {
  test("wrong lines say what is wrong beside them, and the first one is led to", async () => {
    await openForm();
    await page.getByLabel("Order number").fill("12");
    await page.getByLabel("Amount in question").fill("1.005");
    await button("Send").click();
    await page.getByText("4 answers need another look").waitFor();
    assert.equal(await errorOf("Order number"), "Six digits, please");
    assert.equal(await errorOf("Product"), "Please choose one.");
    assert.equal(await errorOf("Amount in question"), "Please use at most 2 digits behind the decimal point.");
    assert.equal(await errorOf("E-mail"), "Please fill this in.");
    assert.equal(await focused(), "Order number");
    assert.equal(mock.conversation.submitted, undefined);
    await page.locator(".summary").getByRole("button", { name: "E-mail" }).click();
    assert.equal(await focused(), "E-mail");
  });

  test("a line is judged again while it is mended, and the form goes out once it is right", async () => {
    await openForm();
    await page.getByLabel("Order number").fill("12");
    await button("Send").click();
    assert.equal(await errorOf("Order number"), "Six digits, please");
    await fillIn();
    assert.equal(await errorOf("Order number"), "");
    await page.getByLabel("Amount in question").fill("1,240.50");
    await button("Send").click();
    await page.getByText("Reference: 00001042").waitFor();
    assert.deepEqual(mock.conversation.submitted, {
      "conversation.order_number": "123456",
      "conversation.product": "GC1040",
      "conversation.part": "",
      "conversation.refund_amount": "1240.50",
      "conversation.bought_on": "",
      "person.Email": "ada@example.com",
    });
    const answers = await page.locator("dl").innerText();
    assert.match(answers, /Order number\s+123456\s+Product\s+Heat pump/);
  });

  test("what only the server knows is shown in the same way", async () => {
    await openForm();
    await fillIn();
    await page.getByLabel("Order number").fill("000000");
    await button("Send").click();
    await page.getByText("We know no order of this number").waitFor();
    assert.equal(await errorOf("Order number"), "We know no order of this number");
    assert.equal(await focused(), "Order number");
  });

  test("words beside a form are in sight, and do not disturb it", async () => {
    await openForm();
    await page.getByLabel("Order number").fill("1234");
    await write("Where do I find that number?");
    await said("Where do I find that number?");
    await page.waitForTimeout(600);
    const visible = page.locator(".bubble", { hasText: "Where do I find" });
    assert.ok(await visible.evaluate((node) => node.getBoundingClientRect().bottom < document.querySelector(".dock").getBoundingClientRect().top));
    assert.equal(await page.getByLabel("Order number").inputValue(), "1234");
  });

  test("a dependent list offers what its controller allows", async () => {
    await openForm();
    const part = page.getByLabel("Part");
    assert.equal(await part.isDisabled(), true);
    await page.getByLabel("Product").selectOption("GC5060");
    assert.deepEqual(await part.locator("option").allInnerTexts(), ["Please choose…", "Burner", "Casing"]);
    await part.selectOption("burner");
    await page.getByLabel("Product").selectOption("GC1040");
    assert.equal(await part.inputValue(), "");
    assert.deepEqual(await part.locator("option").allInnerTexts(), ["Please choose…", "Compressor", "Casing"]);
  });

  test("a lost answer keeps what was filled in, and a second try is the same one", async () => {
    await openForm();
    await fillIn();
    mock.faults.push({ route: /forms$/, status: 503 });
    await button("Send").click();
    await page.getByText("Your answers could not be sent").waitFor();
    assert.equal(await page.getByLabel("Order number").inputValue(), "123456");
    await button("Send").click();
    await page.getByText("Reference: 00001042").waitFor();
  });

  test("half a form outlives a reload", async () => {
    await openForm();
    await fillIn();
    await page.reload();
    await button("Send").waitFor();
    assert.equal(await page.getByLabel("Order number").inputValue(), "123456");
    assert.equal(await page.getByLabel("Product").inputValue(), "GC1040");
    await button("Send").click();
    await page.getByText("Reference: 00001042").waitFor();
  });

  test("a form whose time has passed says so", async () => {
    await openForm();
    await fillIn();
    mock.faults.push({ route: /forms$/, status: 409 });
    await button("Send").click();
    await page.getByText("This form is no longer open").waitFor();
    mock.close(mock.conversation);
    await page.getByText("closed without an answer").waitFor();
    assert.equal(await page.locator("tide-form").count(), 0);
  });
});

describe("choices", () => {
  test("the pressed button becomes the customer's words, and the buttons go", async () => {
    await button("Something else").click();
    await page.locator(".customer .bubble", { hasText: "Something else" }).waitFor();
    assert.equal(await page.locator(".choice").count(), 0);
  });

  test("a press that did not get through can be repeated", async () => {
    mock.faults.push({ route: /choices$/, status: 503 });
    await button("A breakdown").click();
    await page.getByText("Your choice did not get through").waitFor();
    await button("A breakdown").click();
    await page.locator(".choice").first().waitFor({ state: "detached" });
    assert.equal(mock.conversation.entries.filter(({ kind }) => kind === "closed").length, 1);
  });

  test("an answer of the AI is marked as one, and can be confirmed", async () => {
    assert.equal(await button("That helped").count(), 0);
    await write("ask the AI");
    await page.locator(".turn.ai", { hasText: "Turn it off and on again." }).getByText("AI assistant:").waitFor();
    assert.equal(await button("Talk to a person").count(), 1);
    mock.faults.push({ route: /helped$/, status: 503 });
    await button("That helped").click();
    await page.getByText("That did not get through").waitFor();
    await button("That helped").click();
    await said("That helped.");
    await page.getByText("This conversation has ended").waitFor();
    assert.equal(mock.conversation.entries.filter(({ notice }) => notice === "helped").length, 1);
  });

  test("an answer that another tab has gone beyond is not confirmed", async () => {
    await write("ask the AI");
    await button("That helped").waitFor();
    mock.faults.push({ route: /helped$/, status: 409 });
    await button("That helped").click();
    await page.getByText("That did not get through").waitFor();
  });

  test("a person can be asked for where that is offered", async () => {
    await button("Talk to a person").click();
    await said("A colleague will write to you.");
    assert.equal(await button("Talk to a person").count(), 0);
  });
});

describe("breaks", () => {
  test("a reload in the middle shows the same conversation", async () => {
    await button("Something else").click();
    await write("still here?");
    await said("You said: still here?");
    const before = await bubbles();
    await page.reload();
    await said("You said: still here?");
    assert.deepEqual(await bubbles(), before);
    assert.equal(mock.conversations.size, 1);
  });

  test("a lost connection is admitted, and what came meanwhile is there once", async () => {
    await button("Something else").click();
    await said("Something else");
    mock.cut();
    await page.getByText("Connection lost").waitFor();
    await write("written without a connection");
    await page.getByText("Waiting for the connection").waitFor();
    mock.say(mock.conversation, "said meanwhile");
    mock.up();
    await button("Try now").click();
    await said("You said: written without a connection");
    await page.getByText("Connection lost").waitFor({ state: "detached" });
    const shown = await bubbles();
    assert.equal(new Set(shown).size, shown.length, shown.join("\n"));
    assert.ok(shown.includes("said meanwhile"));
  });

  test("the stream resumes behind the last entry, and ignores what it knows", async () => {
    const { conversation } = mock;
    for (let round = 0; round < 3; round++) {
      mock.drop();
      mock.say(conversation, `word ${round}`);
      await said(`word ${round}`);
    }
    const shown = await bubbles();
    assert.equal(new Set(shown).size, shown.length);
    assert.equal(shown.length, 5);
  });

  test("a server that begins its numbering anew has everything shown from the beginning", async () => {
    mock.say(mock.conversation, "soon forgotten");
    await said("soon forgotten");
    mock.conversation.entries.length = 2;
    mock.drop();
    await page.locator(".bubble", { hasText: "soon forgotten" }).waitFor({ state: "detached" });
    assert.equal((await bubbles()).length, 2);
  });

  test("a token that the server has forgotten begins anew without a word to the customer", async () => {
    mock.visitors.clear();
    mock.drop();
    await page.waitForFunction(() => document.querySelectorAll(".bubble").length > 0);
    await button("A bill").click();
    await button("Send").waitFor();
    assert.equal(mock.conversations.size, 2);
  });

  test("after the end a new conversation can be begun", async () => {
    await openForm();
    await fillIn();
    await button("Send").click();
    await button("Start a new conversation").click();
    await button("A bill").waitFor();
    assert.equal(mock.conversations.size, 2);
    assert.equal((await bubbles()).length, 2);
  });
});

describe("the table of what may come when", () => {
  const closed = (wait) => mock.conversation.entries.filter((entry) => entry.kind === "closed" && entry.wait === wait);

  async function secondTab() {
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.locator(".bubble", { hasText: "What can we do for you?" }).waitFor();
    return other;
  }

  test("a double click presses once and submits once", async () => {
    mock.latency = 100;
    await button("A bill").dblclick();
    await button("Send").waitFor();
    await fillIn();
    await button("Send").dblclick();
    await page.getByText("Reference: 00001042").waitFor();
    assert.equal(closed(1).length, 1);
    assert.equal(closed(2).length, 1);
    assert.equal(mock.conversation.entries.filter(({ kind }) => kind === "case_created").length, 1);
    assert.equal(await page.getByText("no longer open").count(), 0);
  });

  test("a second tab shows the same conversation and sees a form close that the first one sends", async () => {
    await openForm();
    const other = await secondTab();
    await other.getByLabel("Order number").fill("654321");
    await fillIn();
    await button("Send").click();
    await other.getByText("Reference: 00001042").waitFor();
    assert.equal(await other.locator("tide-form").count(), 0);
    assert.match(await other.locator("dl").innerText(), /123456/);
    assert.equal(mock.conversations.size, 1);
  });

  test("what one tab says stands in the other one", async () => {
    const other = await secondTab();
    await write("from the first");
    await other.locator(".customer .bubble", { hasText: "from the first" }).waitFor();
    await other.getByLabel("Your message").fill("from the second");
    await other.keyboard.press("Enter");
    await said("from the second");
  });

  test("a tab that is behind is redrawn when it answers what has passed", async () => {
    mock.muted = true;
    mock.close(mock.conversation, [["What is it about?", "Something else"]]);
    mock.ask(mock.conversation, mock.form);
    mock.muted = false;
    await button("A bill").click();
    await button("Send").waitFor();
    assert.equal(await page.locator(".choice").count(), 0);
    assert.equal(closed(1).length, 1);
    await fillIn();
    await button("Send").click();
    await page.getByText("Reference: 00001042").waitFor();
  });

  test("words while nothing is awaited are shown, and a sign that somebody is at work", async () => {
    mock.close(mock.conversation);
    await page.locator(".choice").first().waitFor({ state: "detached" });
    await page.getByLabel("Support is preparing an answer").waitFor();
    await write("one more thing");
    await said("one more thing");
    mock.say(mock.conversation, "here I am");
    await said("here I am");
  });

  test("an answer to a conversation that has ended elsewhere changes nothing", async () => {
    mock.muted = true;
    mock.close(mock.conversation);
    mock.emit(mock.conversation, { kind: "ended" });
    mock.conversation.ended = true;
    mock.muted = false;
    await button("A bill").click();
    await button("Start a new conversation").waitFor();
    assert.equal(await page.locator(".choice").count(), 0);
  });
});

describe("languages", () => {
  test("the Messenger speaks the page's German, and English where it speaks neither", async () => {
    const speak = async (language, locale) => {
      const other = await visit(browser, `${mock.url}/messenger/?language=${language}`, { locale });
      await other.locator(".bubble").first().waitFor();
      const heard = [await other.locator("html").getAttribute("lang"), await other.locator("textarea").getAttribute("placeholder")];
      await leave(other);
      return heard;
    };
    assert.deepEqual(await speak("de-AT", "en-GB"), ["de", "Nachricht schreiben …"]);
    assert.deepEqual(await speak("", "de-DE"), ["de", "Nachricht schreiben …"]);
    assert.deepEqual(await speak("fr", "de-DE"), ["en", "Write a message…"]);
  });

  test("what the server says of itself is said in the Messenger's language", async () => {
    const other = await visit(browser, `${mock.url}/messenger/?language=de`);
    await other.locator(".bubble").first().waitFor();
    mock.emit(mock.conversation, { kind: "said", from: "assistant", text: "We have your request.", notice: "case_delayed" });
    mock.emit(mock.conversation, { kind: "said", from: "assistant", text: "Something newer.", notice: "not_known_yet" });
    await other.getByText("es erreicht unser Team in Kürze").waitFor();
    await other.getByText("Something newer.").waitFor();
    assert.equal(await other.getByText("We have your request.").count(), 0);
    await leave(other);
  });
});

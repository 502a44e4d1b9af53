/**
 * Puts the chat on a company's page: a button, and a panel with the chat page in a frame of the Messenger's own origin.
 *
 * On the script tag: `data-messenger`, `data-label` (the button's text), `data-title`, `data-colour`,
 * `data-position="left"`, `data-scheme="light|dark"`, `data-storage="session"`, `data-language="en|de"` (else the
 * page's own).
 * On the page: `window.tidegate = { identity: async () => "JWT", signIn: async () => {}, email, name }`, filled here
 * with `open()`, `close()`, `identify()` and `signOut()`. Where a conversation asks the visitor to sign in, the page
 * hears `tidegate:verify` as an event of its window, too.
 *
 * Where the program has something to show to visitors who have not opened the chat, the page tells of the visit when
 * its time has come, and shows that beside the button.
 */

interface Visitor {
  identity?: () => Promise<string | undefined> | string | undefined;
  signIn?: () => unknown;
  email?: string;
  name?: string;
  identify?: () => void;
  open?: () => void;
  close?: () => void;
  signOut?: () => void;
}

const style = `
:host { all: initial; position: fixed; z-index: 2147483000; bottom: 20px; inset-inline-end: 20px; }
:host([data-left]) { inset-inline: 20px auto; }
.launch { all: unset; box-sizing: border-box; position: relative; display: flex; align-items: center; gap: 10px;
  min-height: 56px; padding: 0 22px 0 18px; border-radius: 28px; background: var(--brand); color: var(--on-brand);
  font: 600 15px/1.2 Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; cursor: pointer;
  box-shadow: 0 2px 6px rgb(0 0 0/.16), 0 8px 24px -6px rgb(0 0 0/.28); transition: transform .18s; }
.launch:hover { transform: translateY(-1px); }
.launch:focus-visible { outline: 3px solid var(--brand); outline-offset: 3px; }
.badge { position: absolute; top: -5px; inset-inline-end: -3px; min-width: 22px; padding: 0 6px; box-sizing: border-box;
  border-radius: 11px; background: #b3261e; color: #fff; font: 700 12px/22px system-ui, sans-serif; text-align: center; }
.teaser { position: absolute; bottom: 100%; inset-inline-end: 0; display: flex; margin-bottom: 14px; width: max-content;
  max-width: min(320px, calc(100vw - 40px)); border-radius: 18px; background: #fff; color: #17211f;
  font: 15px/1.45 Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; border: 1px solid rgb(0 0 0/.1);
  box-shadow: 0 2px 6px rgb(0 0 0/.12), 0 12px 32px -8px rgb(0 0 0/.3); }
:host([data-left]) .teaser { inset-inline: 0 auto; }
.teaser button { all: unset; cursor: pointer; border-radius: 17px; }
.teaser button:focus-visible { outline: 3px solid var(--brand); outline-offset: 2px; }
.teaser .take { flex: 1; max-height: 50dvh; overflow: auto; overflow-wrap: anywhere; white-space: pre-line; }
.take span { display: block; margin: 14px 0 14px 18px; }
.teaser .drop { min-width: 44px; height: 44px; text-align: center; font-size: 20px; line-height: 44px; }
.drop::before { content: "\\d7"; }
.panel { position: fixed; bottom: 88px; inset-inline-end: 20px; width: 400px; height: min(680px, 100dvh - 108px);
  border-radius: 20px; overflow: hidden; background: #fff; border: 1px solid rgb(0 0 0/.1);
  box-shadow: 0 4px 12px rgb(0 0 0/.08), 0 24px 60px -12px rgb(0 0 0/.3); }
:host([data-left]) .panel { inset-inline: 20px auto; }
.panel iframe { display: block; width: 100%; height: 100%; border: 0; }
[hidden] { display: none !important; }
@media (prefers-color-scheme: dark) { :host(:not([data-light])) :is(.panel, .teaser) { background: #141a19; color: #e7eeec;
  border-color: #2c3735; } }
@media (max-width: 520px) { .panel, :host([data-left]) .panel { inset: 0; width: 100%; height: 100dvh; border: 0; border-radius: 0; }
  .panel:not([hidden]) ~ .launch { display: none; } }
@media (prefers-reduced-motion: no-preference) { .panel { animation: rise .2s cubic-bezier(.2,0,0,1); }
  @keyframes rise { from { opacity: 0; transform: translateY(10px); } } }
@media print { :host { display: none; } }
`;

const bubble =
  "M4 12a8 7.5 0 1 1 4 6.4L4.5 20l1-3.6A7 7 0 0 1 4 12z";

function start(script: HTMLScriptElement): void {
  const data = script.dataset;
  const source = new URL(script.src);
  const visitor: Visitor = ((window as { tidegate?: Visitor }).tidegate ??= {});
  const flag = `tidegate:${data["messenger"] ?? "web"}`;
  const language = data["language"] ?? document.documentElement.lang;
  const german = /^de\b/i.test(language || navigator.language);
  const label = data["label"] ?? (german ? "Chat mit uns" : "Chat with us");

  const host = document.createElement("tidegate-messenger");
  host.toggleAttribute("data-left", data["position"] === "left");
  host.toggleAttribute("data-light", data["scheme"] === "light");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [sheet];
  const [brand, onBrand] = colours(data["colour"]);
  host.style.setProperty("--brand", brand);
  host.style.setProperty("--on-brand", onBrand);

  const badge = element("span", { class: "badge", hidden: "" });
  const launch = element("button", { class: "launch", type: "button", "aria-expanded": "false", "aria-haspopup": "dialog" });
  launch.append(icon(), label, badge);
  const panel = element("div", { class: "panel", role: "dialog", "aria-label": data["title"] ?? label, hidden: "" });
  // There from the beginning, so that what comes to stand in it is read out.
  const teaser = element("div", { role: "status" });
  root.append(panel, teaser, launch);

  let frame: HTMLIFrameElement | undefined;
  /** Whether the frame has said that it listens. */
  let listens = false;
  /** Visits of which the frame is still to be told. */
  const visits: number[] = [];
  /** The visit of which something is shown, until it is taken up or dropped. */
  let offered: number | undefined;
  /** Whether something was shown: one page shows one thing. */
  let teased = false;
  let shown = false;
  let signedOut = false;
  const tell = (message: object) => frame?.contentWindow?.postMessage(message, source.origin);

  /** `waits` loads a chat that opens when it is shown. */
  function load(waits = false): void {
    if (frame) return;
    const page = new URL("./", source);
    if (waits) page.searchParams.set("wait", "1");
    for (const key of ["messenger", "title", "colour", "scheme", "storage"]) {
      const value = data[key];
      if (value) page.searchParams.set(key, value);
    }
    page.searchParams.set("language", language);
    page.searchParams.set("host", location.origin);
    frame = document.createElement("iframe");
    frame.title = data["title"] ?? label;
    frame.src = page.href;
    panel.append(frame);
  }

  function show(open: boolean, focus = true): void {
    if (open) load();
    shown = open;
    panel.hidden = !open;
    launch.setAttribute("aria-expanded", String(open));
    tell({ tidegate: open ? "shown" : "hidden", visit: offered });
    if (open) drop();
    if (remembered(flag)) remember(flag, open ? "open" : "closed");
    if (focus) (open ? frame : launch)?.focus();
  }

  async function greet(): Promise<void> {
    if (signedOut) {
      signedOut = false;
      tell({ tidegate: "forget" });
      return;
    }
    const identity = await identify(visitor);
    const { email, name } = visitor;
    tell({ tidegate: shown ? "shown" : "hidden" });
    tell({
      tidegate: "hello",
      page: location.href.replace(/#.*/, ""),
      referrer: document.referrer,
      ...(identity ? { identity } : {}),
      ...(email ? { email } : {}),
      ...(name ? { name } : {}),
    });
  }

  /** Lets the page sign the visitor in, and asks it then who that is. */
  async function signIn(): Promise<void> {
    window.dispatchEvent(new CustomEvent("tidegate:verify"));
    if (!visitor.signIn) return;
    try {
      await visitor.signIn();
      visitor.identify?.();
    } catch (error) {
      console.warn("tidegate: `signIn` failed, the visitor stays unknown", error);
    }
  }

  /** Tells of a visit, unless the visitor chats, or was shown something on this page. */
  function visit(after: number): void {
    if (shown || teased || remembered(flag)) return;
    load(true);
    if (listens) tell({ tidegate: "visit", after });
    else visits.push(after);
  }

  function tease(after: unknown, says: unknown, language: unknown): void {
    if (shown || teased || typeof after !== "number" || !Array.isArray(says)) return;
    teased = true;
    offered = after;
    const take = element("button", { class: "take", type: "button" });
    for (const text of says) take.append(Object.assign(document.createElement("span"), { textContent: String(text) }));
    if (typeof language === "string") take.lang = language;
    take.onclick = () => show(true);
    const close = german ? "Nachricht schließen" : "Close message";
    const away = element("button", { class: "drop", type: "button", "aria-label": close, title: close });
    away.onclick = () => {
      drop();
      launch.focus();
    };
    const bubble = element("div", { class: "teaser" });
    bubble.append(take, away);
    bubble.onkeydown = (event) => {
      if (event.key === "Escape") away.click();
    };
    teaser.replaceChildren(bubble);
  }

  function drop(): void {
    offered = undefined;
    teaser.replaceChildren();
  }

  function count(unread: unknown): void {
    const known = typeof unread === "number" && unread > 0 ? Math.min(unread, 99) : 0;
    badge.hidden = known === 0;
    badge.textContent = String(known);
    launch.setAttribute("aria-label", known === 0 ? label : `${label}, ${known} ${german ? "ungelesen" : "unread"}`);
  }

  addEventListener("message", (event: MessageEvent<unknown>) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== source.origin) return;
    const message = event.data as Readonly<Record<string, unknown>> | null;
    if (message?.["tidegate"] === "ready") void greet();
    else if (message?.["tidegate"] === "waiting") {
      listens = true;
      if (shown) tell({ tidegate: "shown" });
      else for (const after of visits) tell({ tidegate: "visit", after });
    } else if (message?.["tidegate"] === "teaser") tease(message["after"], message["says"], message["language"]);
    else if (message?.["tidegate"] === "close") show(false);
    else if (message?.["tidegate"] === "verify") void signIn();
    else if (message?.["tidegate"] === "unread") count(message["count"]);
    else if (message?.["tidegate"] === "live") remember(flag, message["live"] === true ? (shown ? "open" : "closed") : "");
  });
  launch.addEventListener("click", () => show(!shown));
  host.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && shown) show(false);
  });

  visitor.open = () => show(true);
  visitor.close = () => show(false);
  // What was shown was for whoever was there before.
  visitor.identify = () => {
    drop();
    tell({ tidegate: "identified" });
  };
  visitor.signOut = () => {
    remember(flag, "");
    drop();
    visits.length = 0;
    listens = false;
    if (frame) return tell({ tidegate: "forget" });
    signedOut = true;
    load();
  };
  document.body.append(host);

  // A conversation that goes on is there on the site's next page too.
  const before = remembered(flag);
  if (before === "open" && innerWidth > 520) show(true, false);
  else if (before) load();
  else void told(source, data["messenger"]).then((times) => times.forEach((after) => setTimeout(() => visit(after), after)));
}

/** After how many milliseconds the page is to tell of a visit. */
async function told(source: URL, messenger = "web"): Promise<number[]> {
  try {
    const url = new URL("../v1/visits", source);
    url.searchParams.set("messenger", messenger);
    const { after_ms } = await (await fetch(url, { credentials: "omit" })).json();
    return Array.isArray(after_ms) ? after_ms : [];
  } catch {
    // Nothing is shown then, and the button is there.
    return [];
  }
}

/** The site's word on who the visitor is; without one in time, nobody's. */
async function identify({ identity }: Visitor): Promise<string | undefined> {
  if (!identity) return undefined;
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, 8_000));
  try {
    return await Promise.race([identity(), late]);
  } catch (error) {
    console.warn("tidegate: `identity` failed, the visitor stays unknown", error);
    return undefined;
  }
}

function colours(colour: string | undefined): [brand: string, onBrand: string] {
  const hex = /^#?([0-9a-f]{6})$/i.exec(colour ?? "")?.[1] ?? (colour ? expand(colour) : undefined) ?? "0b6b70";
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  // White where it reaches a contrast of 4.5.
  return [`#${hex}`, 0.2126 * red + 0.7152 * green + 0.0722 * blue <= 0.1833 ? "#fff" : "#000"];
}

function expand(colour: string): string | undefined {
  const short = /^#?([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(colour);
  return short?.slice(1).map((digit) => digit + digit).join("");
}

function element(name: string, attributes: Record<string, string>): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function icon(): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const made = document.createElementNS(space, "svg");
  const shape = { viewBox: "0 0 24 24", width: "24", height: "24", "aria-hidden": "true" };
  for (const [key, value] of Object.entries(shape)) made.setAttribute(key, value);
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", bubble);
  path.setAttribute("fill", "currentColor");
  made.append(path);
  return made;
}

function remembered(flag: string): string {
  try {
    return sessionStorage.getItem(flag) ?? "";
  } catch {
    return "";
  }
}

function remember(flag: string, state: string): void {
  try {
    if (state) sessionStorage.setItem(flag, state);
    else sessionStorage.removeItem(flag);
  } catch {
    // Without storage the chat is there when the visitor opens it.
  }
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement) start(script);

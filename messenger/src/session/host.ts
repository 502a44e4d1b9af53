/**
 * The page that the chat is embedded in, over `postMessage`. Only the embedding window is listened to, and only under
 * the origin that the embed script named (and that the browser confirms, where it says who embeds us).
 */

export interface Hello {
  /** The site's signed word on who the visitor is. Never in a URL. */
  readonly identity?: string;
  /** What the page claims, unsigned. */
  readonly email?: string;
  readonly name?: string;
  readonly page: string;
  readonly referrer: string;
}

export interface Host {
  /** Whether it can say who the visitor is, so that its silence means: nobody known. */
  readonly vouches: boolean;
  /** Who the visitor is and where; asked again when a session has to be begun anew. */
  hello(): Promise<Hello>;
  unread(count: number): void;
  close(): void;
  /** Asks the page to sign the visitor in; it says by `identified` that it has. */
  signIn(): void;
  /** Whether there is a conversation to come back to on the site's next page. */
  live(live: boolean): void;
  /** Opens when it is shown, and listens to visits until then. */
  waiting(): void;
  /** Shows what a visitor is told who has not opened the chat. */
  tease(after: number, says: readonly string[], language: string | undefined): void;
}

export interface HostListener {
  /** `visit` is the one of which something was shown, where the visitor takes that up. */
  shown(visible: boolean, visit?: number): void;
  /** The visitor has signed out of the site. */
  forget(): void;
  /** The site may know by now who the visitor is. */
  identified(): void;
  /** The visitor has been on the page for so many milliseconds. */
  visit(after: number): void;
}

/** The chat page opened by itself. */
export const alone: Host = {
  vouches: false,
  hello: () => Promise.resolve({ page: location.href.replace(/#.*/, ""), referrer: document.referrer }),
  unread: () => undefined,
  close: () => undefined,
  signIn: () => undefined,
  live: () => undefined,
  waiting: () => undefined,
  tease: () => undefined,
};

export function embedded(origin: string, listener: HostListener): Host {
  let greet: ((hello: Hello) => void) | undefined;
  window.addEventListener("message", (event: MessageEvent<unknown>) => {
    if (event.source !== window.parent || event.origin !== origin) return;
    const message = parse(event.data);
    if (!message) return;
    if (message.tidegate === "hello") greet?.(hello(message));
    else if (message.tidegate === "shown") listener.shown(true, number(message["visit"]));
    else if (message.tidegate === "hidden") listener.shown(false);
    else if (message.tidegate === "forget") listener.forget();
    else if (message.tidegate === "identified") listener.identified();
    else if (message.tidegate === "visit") listener.visit(number(message["after"]) ?? 0);
  });
  const tell = (tidegate: string, more: object = {}) => window.parent.postMessage({ tidegate, ...more }, origin);
  return {
    vouches: true,
    hello: () =>
      new Promise((resolve) => {
        greet = resolve;
        tell("ready");
      }),
    unread: (count) => tell("unread", { count }),
    close: () => tell("close"),
    signIn: () => tell("verify"),
    live: (live) => tell("live", { live }),
    waiting: () => tell("waiting"),
    tease: (after, says, language) => tell("teaser", { after, says, language }),
  };
}

/** The embedding origin that the frame's address names, unless the browser knows better. */
export function embedder(named: string | null): string | undefined {
  if (window.parent === window || !named) return undefined;
  const ancestors: DOMStringList | undefined = window.location.ancestorOrigins;
  return ancestors === undefined || ancestors[0] === named ? named : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

type Shape = Readonly<Record<string, unknown>> & { readonly tidegate: string };

function parse(data: unknown): Shape | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  return typeof (data as Shape).tidegate === "string" ? (data as Shape) : undefined;
}

function hello(message: Shape): Hello {
  const text = (key: string) => {
    const value = message[key];
    return typeof value === "string" && value !== "" ? { [key]: value } : {};
  };
  return { page: "", referrer: "", ...text("page"), ...text("referrer"), ...text("identity"), ...text("email"), ...text("name") };
}

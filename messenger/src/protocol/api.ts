/** The Messenger API over HTTP. Nothing here retries; what may be retried is for the caller to know. */

export interface OpenRequest {
  readonly messenger: string;
  readonly page: string;
  readonly referrer: string;
  readonly language: string;
  readonly time_zone: string;
  readonly identity?: string;
  readonly email?: string;
  readonly name?: string;
  readonly visit?: { readonly after_ms: number };
}

/** What a visitor is shown who has not opened the chat. */
export interface Teaser {
  readonly says: readonly string[];
  readonly language?: string;
  readonly token?: string;
}

export interface Opened {
  /** Present when the token is new or rotated. */
  readonly token?: string;
  readonly conversation: string;
  readonly resumed: boolean;
  readonly max_file_mb?: number;
}

/** The server refused; `status` 0 where it was not reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    detail: string,
    /** What is wrong with which line of a form. */
    readonly fields: Readonly<Record<string, string>> = {},
    /** After how many milliseconds the server wants to be asked again. */
    readonly retryAfter?: number,
  ) {
    super(detail);
  }

  /** Whether the same request may succeed later. */
  get transient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** Whether the token is not, or no longer, good for this. */
  get unknownVisitor(): boolean {
    return this.status === 401 || this.status === 403 || this.status === 404;
  }
}

const patience = 20_000;
/** A file takes longer over a slow network. */
const uploading = 120_000;

export class Api {
  token: string | undefined;
  /** Bytes at most of a file. */
  maxFileBytes = 10 * 2 ** 20;

  constructor(readonly base: string) {}

  async open(request: OpenRequest): Promise<Opened> {
    const opened = await this.#post("/v1/open", request);
    const { token, conversation, resumed, max_file_mb } = opened as Partial<Opened>;
    if (max_file_mb !== undefined) this.maxFileBytes = max_file_mb * 2 ** 20;
    if (typeof conversation !== "string") throw new ApiError(502, "The answer to open names no conversation");
    if (typeof token === "string") this.token = token;
    return { conversation, resumed: resumed === true, ...(typeof token === "string" ? { token } : {}) };
  }

  async visit(request: OpenRequest): Promise<Teaser> {
    const { says, language, token } = (await this.#post("/v1/visits", request)) as Partial<Teaser>;
    return { says: Array.isArray(says) ? says : [], ...(language ? { language } : {}), ...(token ? { token } : {}) };
  }

  /** Sends the customer's words; gives the entry's number and the conversation that it stands in. */
  async say(conversation: string, id: string, text: string): Promise<{ sequence: number; conversation: string }> {
    const answer = await this.#post(`${path(conversation)}/messages`, { id, text });
    const { sequence, conversation: now } = answer as { sequence?: unknown; conversation?: unknown };
    return {
      sequence: typeof sequence === "number" ? sequence : 0,
      conversation: typeof now === "string" ? now : conversation,
    };
  }

  async submit(conversation: string, id: string, wait: number, values: Readonly<Record<string, string>>): Promise<void> {
    await this.#post(`${path(conversation)}/forms`, { id, wait, values });
  }

  /** Sends a file; gives the id by which a form names it. Its name stands in no address, for those are logged. */
  async upload(conversation: string, file: File): Promise<string> {
    const response = await this.#send(`${path(conversation)}/files`, {
      method: "POST",
      headers: { "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}` },
      body: file,
      signal: AbortSignal.timeout(uploading),
    });
    return String((await response.json()).id);
  }

  /** Sends agents a file that was uploaded. */
  async attach(conversation: string, id: string, file: string): Promise<void> {
    await this.#post(`${path(conversation)}/attachments`, { id, file });
  }

  /** A file of the conversation. */
  async file(conversation: string, file: string): Promise<Blob> {
    const signal = AbortSignal.timeout(uploading);
    return (await this.#send(`${path(conversation)}/files/${encodeURIComponent(file)}`, { headers: {}, signal })).blob();
  }

  async choose(conversation: string, id: string, wait: number, choice: number): Promise<void> {
    await this.#post(`${path(conversation)}/choices`, { id, wait, choice });
  }

  /** Says that the visitor does not want to sign in. */
  async refuse(conversation: string, id: string, wait: number): Promise<void> {
    await this.#post(`${path(conversation)}/refusals`, { id, wait });
  }

  /** Shows agents whether the customer types. */
  async typing(conversation: string, typing: boolean): Promise<void> {
    await this.#post(`${path(conversation)}/typing`, { typing });
  }

  /** Tells agents that the customer has seen what they said, up to an entry. */
  async seen(conversation: string, through: number): Promise<void> {
    await this.#post(`${path(conversation)}/seen`, { through });
  }

  async human(conversation: string, id: string): Promise<void> {
    await this.#post(`${path(conversation)}/human`, { id });
  }

  async helped(conversation: string, id: string, wait: number): Promise<void> {
    await this.#post(`${path(conversation)}/helped`, { id, wait });
  }

  /** Ends the token. The page may go away meanwhile. */
  async logout(): Promise<void> {
    await this.#post("/v1/logout", {}, { keepalive: true });
  }

  async events(conversation: string, after: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (after) headers["Last-Event-ID"] = after;
    const response = await this.#send(`${path(conversation)}/events`, { headers, signal });
    if (!response.body) throw new ApiError(502, "The stream of events has no body");
    return response.body;
  }

  async #post(route: string, body: unknown, more: { keepalive?: boolean } = {}): Promise<unknown> {
    const response = await this.#send(route, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(patience),
      ...more,
    });
    return response.json().catch(() => ({}));
  }

  async #send(route: string, init: RequestInit & { headers: Record<string, string> }): Promise<Response> {
    if (this.token) init.headers["Authorization"] = `Bearer ${this.token}`;
    let response: Response;
    try {
      response = await fetch(this.base + route, {
        ...init,
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
    } catch {
      throw new ApiError(0, "The server could not be reached");
    }
    if (!response.ok) throw await problem(response);
    return response;
  }
}

function path(conversation: string): string {
  return `/v1/conversations/${encodeURIComponent(conversation)}`;
}

async function problem(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined);
  const { detail, title, fields } = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const said = [detail, title].find((part): part is string => typeof part === "string" && part !== "");
  const seconds = Number(response.headers.get("Retry-After") ?? NaN);
  return new ApiError(
    response.status,
    said ?? `The server answered ${response.status}`,
    messages(fields),
    Number.isFinite(seconds) ? seconds * 1000 : undefined,
  );
}

function messages(fields: unknown): Record<string, string> {
  if (typeof fields !== "object" || fields === null) return {};
  return Object.fromEntries(
    Object.entries(fields).filter((pair): pair is [string, string] => typeof pair[1] === "string"),
  );
}

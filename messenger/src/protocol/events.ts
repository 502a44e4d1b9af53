/** Reads `text/event-stream` as the HTML standard defines it, from chunks cut anywhere. */

export interface ServerEvent {
  readonly id: string;
  readonly name: string;
  readonly data: string;
}

export class EventParser {
  #rest = "";
  #id = "";
  #name = "";
  #data: string[] = [];
  #retry: number | undefined;

  /** After how many milliseconds the server wants its reader back, once it has said so. */
  get retry(): number | undefined {
    return this.#retry;
  }

  /** Takes the next characters; gives the events that they complete. */
  push(chunk: string): ServerEvent[] {
    const text = this.#rest + chunk;
    const events: ServerEvent[] = [];
    let start = 0;
    for (;;) {
      const end = lineEnd(text, start);
      if (end === undefined) break;
      const event = this.#line(text.slice(start, end.at));
      if (event) events.push(event);
      start = end.next;
    }
    this.#rest = text.slice(start);
    return events;
  }

  #line(line: string): ServerEvent | undefined {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.#data.push(value);
    else if (field === "event") this.#name = value;
    else if (field === "retry" && /^[0-9]+$/.test(value)) this.#retry = Number(value);
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    return undefined;
  }

  #dispatch(): ServerEvent | undefined {
    const event = { id: this.#id, name: this.#name || "message", data: this.#data.join("\n") };
    const empty = this.#data.length === 0;
    this.#data = [];
    this.#name = "";
    // A `reset` carries no data; the standard would drop it.
    return empty && event.name === "message" ? undefined : event;
  }
}

function lineEnd(text: string, start: number): { at: number; next: number } | undefined {
  for (let at = start; at < text.length; at++) {
    if (text[at] === "\n") return { at, next: at + 1 };
    if (text[at] === "\r") {
      // The line feed of a CRLF may still be on its way.
      if (at + 1 === text.length) return undefined;
      return { at, next: text[at + 1] === "\n" ? at + 2 : at + 1 };
    }
  }
  return undefined;
}

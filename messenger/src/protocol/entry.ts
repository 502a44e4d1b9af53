/** The entries of a conversation as the events stream sends them, parsed at the edge. */

export const speakers = ["customer", "assistant", "ai", "agent", "bot", "system"] as const;

export type Speaker = (typeof speakers)[number];

export const agents = ["awaited", "joined", "gone"] as const;

export type Agents = (typeof agents)[number];

export interface FormOption {
  readonly value: string;
  readonly label: string;
  /** The controller's values with which it fits; absent where it fits all. */
  readonly validFor?: readonly string[];
}

export const inputs = [
  "line",
  "area",
  "email",
  "phone",
  "url",
  "number",
  "checkbox",
  "date",
  "date_time",
  "time",
  "select",
  "select_many",
  "rating",
  "file",
] as const;

export type Input = (typeof inputs)[number];

export interface FormLine {
  /** The attribute, and the key in what is submitted. */
  readonly name: string;
  readonly label: string;
  readonly help?: string;
  readonly required: boolean;
  readonly input: Input;
  readonly value?: string;
  readonly maxLength?: number;
  readonly scale?: number;
  readonly min?: string;
  readonly max?: string;
  readonly pattern?: string;
  readonly patternMessage?: string;
  readonly options: readonly FormOption[];
  /** The line whose value decides which options fit. */
  readonly controller?: string;
}

export type Answer = readonly [label: string, text: string];

export type Message =
  | {
      readonly kind: "said";
      readonly from: Speaker;
      readonly text: string;
      /** Which of the server's own sentences it is. */
      readonly notice?: string;
    }
  /** Somebody sent a file; without an id where it could not be had. */
  | { readonly kind: "file"; readonly from: Speaker; readonly name: string; readonly file?: string }
  /** The conversation is held in this language from here on. */
  | { readonly kind: "speaks"; readonly language: string }
  | {
      readonly kind: "asked";
      readonly wait: number;
      readonly human: boolean;
      /** Whether the customer may say by a button that an answer helped. */
      readonly helped: boolean;
    }
  | { readonly kind: "verify"; readonly wait: number; readonly human: boolean }
  | {
      readonly kind: "choices";
      /** Who asks, where it is not the program. */
      readonly from?: Speaker;
      readonly wait: number;
      readonly prompt: string;
      readonly choices: readonly string[];
      readonly other: boolean;
      readonly human: boolean;
    }
  | {
      readonly kind: "form";
      readonly wait: number;
      readonly title?: string;
      readonly fields: readonly FormLine[];
      readonly human: boolean;
    }
  | { readonly kind: "closed"; readonly wait: number; readonly answers: readonly Answer[] }
  /** How it stands with the agents to whom the conversation was handed off. */
  | { readonly kind: "agents"; readonly state: Agents; readonly name?: string }
  | { readonly kind: "case_created"; readonly number?: string }
  | { readonly kind: "ended" };

export type Entry = Message & {
  /** From 1, in its conversation. */
  readonly sequence: number;
  readonly at: Date;
};

type Json = Record<string, unknown>;

class Malformed extends Error {}

/**
 * Reads one entry. `undefined` where it is malformed or of a kind that this page does not know: a newer server
 * may send such, and they are left out rather than shown wrongly.
 */
export function parseEntry(data: string): Entry | undefined {
  try {
    const json = object(JSON.parse(data));
    const message = parseMessage(json);
    if (!message) return undefined;
    const at = new Date(text(json, "at"));
    if (Number.isNaN(at.getTime())) return undefined;
    return { ...message, sequence: integer(json, "sequence"), at };
  } catch (error) {
    if (error instanceof Malformed || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function parseMessage(json: Json): Message | undefined {
  switch (json["kind"]) {
    case "said":
      return {
        kind: "said",
        from: speaker(json),
        text: text(json, "text"),
        ...present("notice", optionalText(json, "notice")),
      };
    case "file": {
      const file = json["file"];
      return {
        kind: "file",
        from: speaker(json),
        name: text(json, "name"),
        ...present("file", file === undefined || file === null ? undefined : text(object(file), "id")),
      };
    }
    case "speaks":
      return { kind: "speaks", language: text(json, "language") };
    case "asked":
      return {
        kind: "asked",
        wait: integer(json, "wait"),
        human: json["human"] === true,
        helped: json["helped"] === true,
      };
    case "verify":
      return { kind: "verify", wait: integer(json, "wait"), human: json["human"] === true };
    case "choices":
      return {
        kind: "choices",
        ...(json["from"] === undefined ? {} : { from: speaker(json) }),
        wait: integer(json, "wait"),
        prompt: text(json, "prompt"),
        choices: texts(json["choices"]),
        other: json["other"] === true,
        human: json["human"] === true,
      };
    case "form":
      return {
        kind: "form",
        wait: integer(json, "wait"),
        fields: list(json["fields"]).map(parseLine),
        human: json["human"] === true,
        ...present("title", optionalText(json, "title")),
      };
    case "closed":
      return { kind: "closed", wait: integer(json, "wait"), answers: list(json["answers"]).map(parseAnswer) };
    case "agents": {
      const state = agents.find((known) => known === json["state"]);
      return state && { kind: "agents", state, ...present("name", optionalText(json, "name")) };
    }
    case "case_created":
      return { kind: "case_created", ...present("number", optionalText(json, "number")) };
    case "ended":
      return { kind: "ended" };
    default:
      return undefined;
  }
}

/** Whoever a newer server lets speak is on its side. */
function speaker(json: Json): Speaker {
  return speakers.find((known) => known === json["from"]) ?? "assistant";
}

function parseLine(value: unknown): FormLine {
  const json = object(value);
  // A widget of a newer server is shown as a line of text; the server validates it.
  const input = inputs.find((known) => known === json["input"]) ?? "line";
  return {
    name: text(json, "name"),
    label: text(json, "label"),
    required: json["required"] === true,
    input,
    options: list(json["options"] ?? []).map(parseOption),
    ...present("help", optionalText(json, "help")),
    ...present("value", optionalText(json, "value")),
    ...present("maxLength", optionalInteger(json, "max_length")),
    ...present("scale", optionalInteger(json, "scale")),
    ...present("min", optionalText(json, "min")),
    ...present("max", optionalText(json, "max")),
    ...present("pattern", optionalText(json, "pattern")),
    ...present("patternMessage", optionalText(json, "pattern_message")),
    ...present("controller", optionalText(json, "controller")),
  };
}

function parseOption(value: unknown): FormOption {
  const json = object(value);
  const validFor = json["valid_for"];
  return {
    value: text(json, "value"),
    label: text(json, "label"),
    ...present("validFor", validFor === undefined || validFor === null ? undefined : texts(validFor)),
  };
}

function parseAnswer(value: unknown): Answer {
  const [label, answer] = texts(value);
  if (label === undefined || answer === undefined) throw new Malformed();
  return [label, answer];
}

function object(value: unknown): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Malformed();
  return value as Json;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Malformed();
  return value;
}

function texts(value: unknown): string[] {
  return list(value).map((item) => {
    if (typeof item !== "string") throw new Malformed();
    return item;
  });
}

function text(json: Json, key: string): string {
  const value = json[key];
  if (typeof value !== "string") throw new Malformed();
  return value;
}

function integer(json: Json, key: string): number {
  const value = json[key];
  if (typeof value !== "number" || !Number.isSafeInteger(value)) throw new Malformed();
  return value;
}

function optionalText(json: Json, key: string): string | undefined {
  return json[key] === undefined || json[key] === null ? undefined : text(json, key);
}

function optionalInteger(json: Json, key: string): number | undefined {
  return json[key] === undefined || json[key] === null ? undefined : integer(json, key);
}

/** A property that is only there when it has a value. */
function present<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}

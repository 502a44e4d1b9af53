/** How a chat with agents stands at the moment; it is told anew whenever that changes, and stands in no history. */

export interface Passing {
  /** Whether an agent types. */
  readonly typing: boolean;
  /** The customer's place in the queue, from 1. */
  readonly position?: number;
  /** How long it may take. */
  readonly waitSeconds?: number;
  /** Bytes at most of a file that agents take, where they say so; 0 where they take none. */
  readonly maxFileBytes?: number;
  /** The customer's last entry that has reached agents. */
  readonly delivered?: number;
  /** The last one that an agent has read. */
  readonly read?: number;
}

export const nothingNow: Passing = { typing: false };

/** What an AI is about to say; nothing where it has said it, or says nothing after all. */
export function parseDraft(data: string): string {
  try {
    const { text } = JSON.parse(data) as Record<string, unknown>;
    return typeof text === "string" ? text : "";
  } catch {
    return "";
  }
}

export function parsePassing(data: string): Passing {
  try {
    const json = JSON.parse(data) as Record<string, unknown>;
    const { position, wait_seconds: waitSeconds, max_file_bytes: maxFileBytes, delivered, read } = json;
    return {
      typing: json["typing"] === true,
      ...(typeof position === "number" ? { position } : {}),
      ...(typeof waitSeconds === "number" ? { waitSeconds } : {}),
      ...(typeof maxFileBytes === "number" ? { maxFileBytes } : {}),
      ...(typeof delivered === "number" ? { delivered } : {}),
      ...(typeof read === "number" ? { read } : {}),
    };
  } catch {
    return nothingNow;
  }
}

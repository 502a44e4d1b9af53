/** How a chat with agents stands at the moment; it is told anew whenever that changes, and stands in no history. */

export interface Passing {
  /** Whether an agent types. */
  readonly typing: boolean;
  /** The customer's place in the queue, from 1. */
  readonly position?: number;
  /** How long it may take. */
  readonly waitSeconds?: number;
}

export const nothingNow: Passing = { typing: false };

export function parsePassing(data: string): Passing {
  try {
    const json = JSON.parse(data) as Record<string, unknown>;
    const { position, wait_seconds: waitSeconds } = json;
    return {
      typing: json["typing"] === true,
      ...(typeof position === "number" ? { position } : {}),
      ...(typeof waitSeconds === "number" ? { waitSeconds } : {}),
    };
  } catch {
    return nothingNow;
  }
}

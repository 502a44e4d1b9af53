/**
 * The patterns of a form are written for Rust's `regex` crate. The browser judges with its own engine, so the few
 * constructs that mean something else there are rewritten. A pattern that this engine cannot read is left to the server.
 */

const classes: Readonly<Record<string, string>> = {
  d: "\\p{Nd}",
  w: "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}",
  s: "\\p{White_Space}",
};

const cache = new Map<string, RegExp | undefined>();

/** Whether the whole text matches; `undefined` where this engine cannot tell. */
export function matchesWhole(pattern: string, text: string): boolean | undefined {
  if (!cache.has(pattern)) cache.set(pattern, compile(pattern));
  return cache.get(pattern)?.test(text);
}

/** Browsers from before 2023 know `u` alone, which would misread what combines classes. */
function compile(pattern: string): RegExp | undefined {
  const flags = /\[[^\]]*\[|&&|--|~~/.test(pattern) ? ["v"] : ["v", "u"];
  for (const flag of flags) {
    try {
      return new RegExp(`^(?:${translate(pattern)})$`, flag);
    } catch {
      continue;
    }
  }
  return undefined;
}

function translate(pattern: string): string {
  let out = "";
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? "";
    if (char === "\\") {
      at += 1;
      out += escaped(pattern[at] ?? "", depth > 0);
    } else if (depth === 0) {
      if (char === "[") depth = 1;
      out += char === "." ? "[^\\n]" : char;
      if (char === "[") at = classStart(pattern, at, (text) => (out += text));
    } else {
      if (char === "[") depth += 1;
      if (char === "]") depth -= 1;
      out += inClass(char, pattern[at - 1] ?? "", pattern[at + 1] ?? "");
    }
  }
  return out;
}

function escaped(char: string, inside: boolean): string {
  const meaning = classes[char];
  if (meaning !== undefined) return inside ? meaning : `[${meaning}]`;
  const opposite = classes[char.toLowerCase()];
  if (opposite !== undefined) return `[^${opposite}]`;
  // Rust lets any punctuation be escaped; with the `v` flag only what means something may.
  if (/[!-/:-@[-`{-~]/.test(char) && !/[\^$\\.*+?()[\]{}|/]/.test(char)) {
    return inside && /[&!#%,:;<=>@`~-]/.test(char) ? `\\${char}` : char;
  }
  return `\\${char}`;
}

/** Behind `[` or `[^`, a `]` stands for itself in Rust. */
function classStart(pattern: string, at: number, emit: (text: string) => void): number {
  let next = at + 1;
  if (pattern[next] === "^") {
    emit("^");
    next += 1;
  }
  if (pattern[next] === "]") {
    emit("\\]");
    next += 1;
  }
  return next - 1;
}

function inClass(char: string, before: string, after: string): string {
  if (/[(){}/|]/.test(char)) return `\\${char}`;
  const edge = before === "[" || before === "^" || after === "]";
  return char === "-" && edge ? "\\-" : char;
}

/** What the embedder chose, from the page's address. Nothing secret stands there. */

import { palette } from "./colour.ts";
import { language, words } from "./words.ts";

export interface Settings {
  readonly messenger: string;
  readonly title: string;
  /** The origin of the page that embeds this one. */
  readonly host: string | null;
  /** Whether the visitor is remembered beyond this tab. */
  readonly storage: "local" | "session";
  /** Whether nothing is opened before the chat is shown. */
  readonly waits: boolean;
}

export function readSettings(search: string): Settings {
  const query = new URLSearchParams(search);
  return {
    messenger: query.get("messenger") ?? "web",
    title: query.get("title") || words.title,
    host: query.get("host"),
    storage: query.get("storage") === "session" ? "session" : "local",
    waits: query.has("wait"),
  };
}

/** Gives the page its colours and its scheme. */
export function dress(root: HTMLElement, search: string): void {
  const query = new URLSearchParams(search);
  root.lang = language;
  const scheme = query.get("scheme");
  if (scheme === "light" || scheme === "dark") root.dataset["scheme"] = scheme;
  const colours = palette(query.get("colour") ?? "");
  if (!colours) return;
  root.style.setProperty("--brand", colours.brand);
  root.style.setProperty("--on-brand", colours.onBrand);
  root.style.setProperty("--ink-on-light", colours.inkOnLight);
  root.style.setProperty("--ink-on-dark", colours.inkOnDark);
}

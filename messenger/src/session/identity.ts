/**
 * The subject of a site's signed word on its visitor, only to notice that somebody else sits there now; whether the
 * signature holds is for the server to say. Empty where it names none.
 */
export function subjectOf(identity: string): string {
  try {
    const payload = identity.split(".")[1] ?? "";
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const { sub, email } = (typeof claims === "object" && claims !== null ? claims : {}) as Record<string, unknown>;
    return [sub, email].find((claim): claim is string => typeof claim === "string") ?? "";
  } catch {
    return "";
  }
}

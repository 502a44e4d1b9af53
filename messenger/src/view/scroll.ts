/** Keeps the newest in sight, unless the reader has gone back to read. */

const near = 72;
const margin = 12;

export class Follower {
  /** Whether the reader is at the end. */
  atEnd = true;

  constructor(readonly changed: () => void) {}

  scrolled(log: HTMLElement): void {
    const atEnd = log.scrollTop > end(log) - near;
    if (atEnd === this.atEnd) return;
    this.atEnd = atEnd;
    this.changed();
  }

  /** Goes forward to the end, never back: who is inside a long form stays there. */
  toEnd(log: HTMLElement, smooth: boolean): void {
    const top = end(log);
    if (top > log.scrollTop) log.scrollTo({ top, behavior: smooth ? "smooth" : "instant" });
    this.atEnd = true;
  }
}

/** Where the newest is in sight: where that is a form taller than the window, its beginning. */
function end(log: HTMLElement): number {
  const last = log.scrollHeight - log.clientHeight;
  const form = log.querySelector("tide-form");
  if (!form || form.nextElementSibling) return last;
  const start = form.getBoundingClientRect().top - log.getBoundingClientRect().top + log.scrollTop;
  return Math.min(last, Math.max(0, start - margin));
}

/** What has been said, rendered as text and nothing else. */

import { html, nothing, type TemplateResult } from "lit";
import type { Outgoing } from "../session/outbox.ts";
import type { Bubble, Piece, Receipt } from "../session/transcript.ts";
import { words } from "../words.ts";
import type { FormActions, FormPiece } from "./form-card.ts";
import { checkIcon, fileIcon } from "./icons.ts";

type Turn = Extract<Piece, { kind: "turn" }>;

/** Saves a file of the conversation where the visitor wants it. */
export type Save = (file: string, name: string) => void;

export function renderPiece(piece: Piece, actions: FormActions, save: Save, receipt?: Receipt): TemplateResult {
  switch (piece.kind) {
    case "day":
      return html`<p class="day"><span>${dayName(piece.at)}</span></p>`;
    case "turn":
      return renderTurn(piece, save, receipt?.piece === piece ? receipt : undefined);
    case "form":
      return piece.open ? html`<tide-form .form=${piece} .actions=${actions}></tide-form>` : renderAnswers(piece);
    case "agents":
      return html`<p class="note quiet">${piece.joined ? words.joined(piece.name) : words.left}</p>`;
    case "case":
      return html`<p class="note">
        ${checkIcon}<span>${piece.number === undefined ? words.caseCreated : words.caseNumber(piece.number)}</span>
      </p>`;
  }
}

function renderTurn({ from, bubbles }: Turn, save: Save, receipt?: Receipt): TemplateResult {
  const last = bubbles.at(-1);
  return html`<div class="turn ${from}">
    <span class=${from === "customer" || from === "assistant" ? "unseen" : "by"}>${from === "customer" ? words.you : words[from]}:</span>
    ${bubbles.map((bubble) => renderBubble(bubble, save))} ${last ? renderTime(last.at) : nothing}
    ${receipt ? html`<p class="state" aria-live="off">${receipt.read ? words.read : words.delivered}</p>` : nothing}
  </div>`;
}

/**
 * What the AI is about to say, where it will stand. It is not read out while it grows: the message that takes its place
 * is.
 */
export function renderDraft(text: string): TemplateResult {
  return html`<div class="turn ai draft" aria-live="off">
    <span class="by">${words.ai}:</span>
    <p class="bubble" dir="auto">${text}</p>
  </div>`;
}

function renderBubble({ text, file }: Bubble, save: Save): TemplateResult {
  if (file === "") return html`<p class="bubble" dir="auto">${words.fileMissing(text)}</p>`;
  if (file !== undefined) {
    return html`<p class="bubble" dir="auto">
      <button class="link" title=${words.save} @click=${() => save(file, text)}>${fileIcon}${text}</button>
    </p>`;
  }
  return html`<p class="bubble" dir="auto">${text}</p>`;
}

function renderTime(at: Date): TemplateResult {
  const time = new Intl.DateTimeFormat(navigator.language, { hour: "numeric", minute: "2-digit" });
  const whole = new Intl.DateTimeFormat(navigator.language, { dateStyle: "full", timeStyle: "short" });
  return html`<time datetime=${at.toISOString()} title=${whole.format(at)}>${time.format(at)}</time>`;
}

function renderAnswers({ title, answers, key }: FormPiece): TemplateResult {
  if (answers.length === 0) return html`<p class="note quiet">${words.notFilledIn}</p>`;
  return html`<section class="card done" aria-labelledby="answers-${key}">
    <h2 id="answers-${key}">${checkIcon}<span>${title ?? words.answers}</span></h2>
    <dl>
      ${answers.map(
        ([label, text]) => html`<div>
          <dt>${label}</dt>
          <dd dir="auto" class=${text === "" ? "missing" : ""}>${text === "" ? words.noAnswer : text}</dd>
        </div>`,
      )}
    </dl>
  </section>`;
}

export interface PendingActions {
  retry(id: string): void;
  discard(id: string): void;
}

/** A message of the customer's that the conversation does not hold yet. */
export function renderPending(item: Outgoing, actions: PendingActions): TemplateResult {
  return html`<div class="turn customer pending ${item.state}">
    <span class="unseen">${words.you}:</span>
    <p class="bubble" dir="auto">${item.text}</p>
    ${item.state === "failed" ? renderFailed(item, actions) : html`<p class="state">${progress(item)}</p>`}
  </div>`;
}

function progress({ state }: Outgoing): string {
  return state === "waiting" ? words.waiting : words.sending;
}

function renderFailed({ id, reason }: Outgoing, actions: PendingActions): TemplateResult {
  return html`<p class="state error" role="alert">${words.notSent} ${reason ?? ""}</p>
    <p class="state">
      <button class="link" @click=${() => actions.retry(id)}>${words.retry}</button>
      <button class="link" @click=${() => actions.discard(id)}>${words.discard}</button>
    </p>`;
}

function dayName(at: Date): string {
  const now = new Date();
  if (at.toDateString() === now.toDateString()) return words.today;
  now.setDate(now.getDate() - 1);
  if (at.toDateString() === now.toDateString()) return words.yesterday;
  return new Intl.DateTimeFormat(navigator.language, { weekday: "long", day: "numeric", month: "long" }).format(at);
}

import { svg } from "lit";

const icon = (path: unknown) =>
  svg`<svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="2"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${path}</svg>`;

export const closeIcon = icon(svg`<path d="M6 9l6 6 6-6"/>`);
export const sendIcon = icon(svg`<path d="M12 19V5M5.5 11.5L12 5l6.5 6.5"/>`);
export const checkIcon = icon(svg`<path d="M5 12.5l4.5 4.5L19 7.5"/>`);
export const downIcon = icon(svg`<path d="M12 5v14M5.5 12.5L12 19l6.5-6.5"/>`);
export const fileIcon = icon(svg`<path d="M19 11l-7.5 7.5a4 4 0 01-6-6L13 5a2.8 2.8 0 014 4l-7 7"/>`);
export const personIcon = icon(svg`<circle cx="12" cy="8" r="3.5"/><path d="M5 20c.6-4 3.3-6 7-6s6.4 2 7 6"/>`);

/**
 * The address of a link that may be offered, or nothing. Only what opens a page or a letter: no `javascript:`, no `data:`, no `file:`,
 * and nothing relative, which would lead into the playground itself.
 */
export function safeLink(href: string): string | undefined {
  const url = URL.parse(href);
  return url !== null && (url.protocol === "https:" || url.protocol === "http:" || url.protocol === "mailto:") ? url.href : undefined;
}

import type { ComponentChildren } from "preact";

/** Strokes on a grid of 16. */
const paths = {
  plus: "M8 3v10M3 8h10",
  close: "M4 4l8 8M12 4l-8 8",
  chevron: "M4.5 6.5L8 10l3.5-3.5",
  send: "M8 13V3.5M4 7.5l4-4 4 4",
  stop: "M4.5 4.5h7v7h-7z",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  settings: "M2.5 5h6M12 5h1.5M2.5 11H4M7.5 11h6M10.25 6.75a1.75 1.75 0 1 0 0-3.5 1.75 1.75 0 0 0 0 3.5zM5.75 12.75a1.75 1.75 0 1 0 0-3.5 1.75 1.75 0 0 0 0 3.5z",
  check: "M3.5 8.5l3 3 6-7",
  alert: "M8 2.5l6 11H2l6-11zM8 6.5v3M8 11.6h.01",
  info: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.5V11M8 5.2h.01",
  terminal: "M2.5 3h11v10h-11zM5 6.5L7 8l-2 1.5M8.5 10H11",
  file: "M4 2h5l3 3v9H4zM9 2v3h3M6.5 8h3M6.5 10.5h3",
  globe: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM2 8h12M8 2c2 1.8 2.6 4 2.6 6S10 12.2 8 14c-2-1.8-2.6-4-2.6-6S6 3.8 8 2z",
  image: "M2.5 3h11v10h-11zM2.5 11l3-3 2.5 2.5 2-2 3.5 3.5M10.5 6h.01",
  tool: "M9.5 4.5a3 3 0 0 1 4 3.6l-1.7-.6-1 1 .6 1.7a3 3 0 0 1-3.7-3.9L3 11.2 4.8 13l4.7-4.7",
  copy: "M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1",
  inspect: "M2.5 3h11v10h-11zM9.5 3v10",
  thought: "M8 2.5a4 4 0 0 1 2.2 7.3V11.5H5.8V9.8A4 4 0 0 1 8 2.5zM6.3 13.5h3.4",
  down: "M8 3v9.5M4 8.5l4 4 4-4",
  compress: "M8 1.5V6M6 4l2 2 2-2M8 14.5V10M6 12l2-2 2 2M2.5 8h11",
  question: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6.3 6.3A1.8 1.8 0 1 1 8.6 8c-.4.2-.6.5-.6 1M8 11.2h.01",
  shield: "M8 2l5 2v4c0 3-2 5-5 6-3-1-5-3-5-6V4z",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2",
} as const;

export type IconName = keyof typeof paths;

/** Decoration: what it means always stands in words beside it, or in its button's name. */
export function Icon({ name }: { readonly name: IconName }): ComponentChildren {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}

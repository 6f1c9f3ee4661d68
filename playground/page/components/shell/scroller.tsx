import type { ComponentChildren } from "preact";

export interface ScrollerProps {
  readonly tag: "div" | "pre";
  readonly label: string;
  readonly class?: string | undefined;
  readonly children: ComponentChildren;
}

/** What scrolls has to be reached by the keyboard, in every browser; and what is reached has to have a name. */
const reachable = { tabIndex: 0, role: "group" } as const;

export function Scroller({ tag: Tag, label, class: name, children }: ScrollerProps): ComponentChildren {
  return (
    <Tag class={name} aria-label={label} {...reachable}>
      {children}
    </Tag>
  );
}

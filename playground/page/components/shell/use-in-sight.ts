import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

const margin = 12;

/** Moves what opens below a control to the left as far as it would stand out of the panel that it belongs to. */
export function useInSight({ element, open }: { readonly element: RefObject<HTMLElement | null>; readonly open: boolean }): void {
  useLayoutEffect(() => {
    const popover = element.current;
    if (!open || popover === null) return;
    popover.style.removeProperty("translate");
    const edge = popover.closest("main")?.getBoundingClientRect().right ?? innerWidth;
    const excess = popover.getBoundingClientRect().right - (edge - margin);
    if (excess > 0) popover.style.setProperty("translate", `${-excess}px`);
  }, [open]);
}

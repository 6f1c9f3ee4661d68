import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** Closes what is open when a person presses Escape or turns to something else. `close(true)`: the focus belongs back to the opener. */
export function useDismiss({ root, open, close }: { readonly root: RefObject<HTMLElement | null>; readonly open: boolean; readonly close: (restoreFocus: boolean) => void }): void {
  useEffect(() => {
    if (!open) return;
    const onPointer = (event: Event): void => {
      if (event.target instanceof Node && root.current?.contains(event.target) !== true) close(false);
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      // Escape means the nearest thing: not also the turn that runs.
      event.preventDefault();
      event.stopPropagation();
      close(true);
    };
    document.addEventListener("pointerdown", onPointer, true);
    document.addEventListener("focusin", onPointer, true);
    document.addEventListener("keydown", onKey, true);
    return () => {
      document.removeEventListener("pointerdown", onPointer, true);
      document.removeEventListener("focusin", onPointer, true);
      document.removeEventListener("keydown", onKey, true);
    };
  }, [open, close, root]);
}

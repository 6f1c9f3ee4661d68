import type { RefObject } from "preact";
import { signal, type Signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";

export interface Follow {
  readonly viewport: RefObject<HTMLDivElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  /** Whether the reader is at the end, and stays there while it moves. */
  readonly following: Signal<boolean>;
  readonly jump: () => void;
}

const nearEnd = 32;

/**
 * Keeps the end in sight for a reader who is at the end, and leaves everyone else where they are. The observer runs after the layout and
 * before the frame is painted, so that nothing is ever seen to jump. `subject` is what is read: another one
 * begins at its end, and one that is empty at its beginning.
 */
export function useFollow({ subject, isEmpty }: { readonly subject: string | undefined; readonly isEmpty: boolean }): Follow {
  const viewport = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useMemo(() => signal(true), []);
  const toEnd = (): void => {
    const view = viewport.current;
    if (view !== null) view.scrollTop = view.scrollHeight;
  };
  useEffect(() => {
    following.value = !isEmpty;
    if (isEmpty) viewport.current?.scrollTo({ top: 0 });
    else toEnd();
  }, [subject, isEmpty]);
  useEffect(() => {
    const view = viewport.current;
    if (view === null || content.current === null) return;
    let top = view.scrollTop;
    const onScroll = (): void => {
      const left = view.scrollHeight - view.clientHeight - view.scrollTop;
      // Only who goes up leaves the end; that the end goes on is no reason.
      if (left <= nearEnd) following.value = true;
      else if (view.scrollTop < top) following.value = false;
      top = view.scrollTop;
    };
    const observer = new ResizeObserver(() => following.value && toEnd());
    observer.observe(content.current);
    observer.observe(view);
    view.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      observer.disconnect();
      view.removeEventListener("scroll", onScroll);
    };
  }, []);
  const jump = (): void => {
    following.value = true;
    toEnd();
  };
  return { viewport, content, following, jump };
}

const page = 8;

/** Where a key moves to in a list; `undefined` if it moves nothing. It goes round at both ends, as a list that one searches should. */
export function moved({ key, at, size }: { readonly key: string; readonly at: number; readonly size: number }): number | undefined {
  if (size === 0) return undefined;
  switch (key) {
    case "ArrowDown":
      return (at + 1) % size;
    case "ArrowUp":
      return (at + size - 1) % size;
    case "PageDown":
      return Math.min(size - 1, at + page);
    case "PageUp":
      return Math.max(0, at - page);
    default:
      return undefined;
  }
}

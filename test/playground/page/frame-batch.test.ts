import { describe, expect, it } from "vitest";
import { FrameBatch } from "../../../playground/page/state/frame-batch.js";

describe("a batch", () => {
  it("applies at once what comes to an idle page, and then what came since the last frame, in order and no more than a frame has room for", () => {
    const frames: (() => void)[] = [];
    const applied: (readonly number[])[] = [];
    const batch = new FrameBatch<number>({ apply: (items) => applied.push(items), schedule: (callback) => frames.push(callback), limit: 3 });
    const frame = (): void => frames.shift()?.();
    batch.push([1]);
    expect(applied).toEqual([[1]]);
    batch.push([2]);
    batch.push([3, 4, 5, 6]);
    expect(frames).toHaveLength(1);
    expect(applied).toEqual([[1]]);
    frame();
    batch.push([7]);
    frame();
    frame();
    expect(applied).toEqual([[1], [2, 3, 4], [5, 6, 7]]);
    expect(frames).toEqual([]);
    batch.push([8]);
    expect(applied.at(-1)).toEqual([8]);
  });
});

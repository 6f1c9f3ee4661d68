import { stat } from "node:fs/promises";

/**
 * What changes whenever a file is written or replaced; a link stands for what it leads to. The time of the last change is in it beside
 * that of the last write, because programs set the latter as they like. Rejects as `stat` does.
 *
 * Two writes that leave the same length within one tick of the file system's clock (4 ms on an older Linux) look the same from here.
 */
export async function fileStamp(file: string): Promise<string> {
  const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
  return [ino, size, mtimeNs, ctimeNs].join(":");
}

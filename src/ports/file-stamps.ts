/** Tells whether files are still what they were, without reading them. */
export interface FileStamps {
  /**
   * One stamp a file, in the order asked. A stamp changes whenever the file is written, replaced, created or removed, as far as the file
   * system's clock tells two moments apart; two equal stamps of one path mean the same content. A file that is not there has the stamp
   * {@link absentFile}, one that cannot be looked at (no permission, not on this machine) a constant one of its own. A link stands for
   * what it leads to. Never rejects, opens nothing.
   */
  stamp(files: readonly string[]): Promise<readonly string[]>;
}

export const absentFile = "absent";

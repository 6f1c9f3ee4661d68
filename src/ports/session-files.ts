/** The files in which an agent keeps its conversations, where they are on this machine. */
export interface SessionFiles {
  /**
   * Makes sure that a file may be resumed: that it lies in the agent's own session folder (links resolved), and is the session that
   * is meant, made in the folder it will work in. A last line that a kill has torn is completed with a line feed, so that
   * what the agent appends does not vanish in it. Never rejects.
   */
  prepare(request: SessionFileRequest): Promise<SessionFileVerdict>;
  /**
   * Removes a file that was made on the way and that nobody was told of, if all is true of it that is demanded of one to be resumed, and
   * its session is named. Absent where that cannot be done: the file stays. Never rejects.
   */
  discard?(request: SessionFileRequest & { readonly sessionId: string }): Promise<void>;
}

export interface SessionFileRequest {
  /** As the agent told it; a relative path is meant from the working directory. */
  readonly file: string;
  /** The folder that holds all of the agent's session files. */
  readonly folder: string;
  /** Where the user's own settings may name another folder. */
  readonly setting?: SessionFolderSetting | undefined;
  /** Absent where whoever asks knows only the file: any session will do. */
  readonly sessionId?: string | undefined;
  readonly cwd: string | undefined;
  /** Reads the header from a file's first line; `undefined` when it is none. */
  readonly readHeader: (line: string) => SessionFileHeader | undefined;
}

export interface SessionFolderSetting {
  readonly file: string;
  /** The folder that this text of the file names; a relative one is meant from the working directory. */
  readonly folderIn: (text: string) => string | undefined;
}

export interface SessionFileHeader {
  readonly sessionId: string;
  /** Where the session's tools work, whatever folder the agent is started in. */
  readonly cwd: string;
}

export type SessionFileVerdict =
  | { readonly type: "ready" }
  /** The files are not on this machine: what cannot be checked here is asked of the agent. */
  | { readonly type: "unknown" }
  | { readonly type: "refused"; readonly reason: "missing" | "outside" | "not-a-session" | "another-session" | "another-folder" | "unreadable" };

/** What the gate and its host say to each other. The version stands in the mark: another gate's words are not understood by mistake. */

/** Begins the title of every question of the gate's, and is the key of its status line. */
export const gateMark = "t3-pi-provider/gate/1";

/** The only answer that lets a tool call through. */
export const gateAccept = "accept";
export const gateDecline = "decline";

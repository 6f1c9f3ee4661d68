import type { ComponentChildren } from "preact";

export interface UserMessageProps {
  readonly text: string;
  readonly steers: boolean;
  readonly pending?: boolean;
}

export function UserMessage({ text, steers, pending = false }: UserMessageProps): ComponentChildren {
  return (
    <div class={pending ? "user-message pending" : "user-message"}>
      <span class="visually-hidden">You: </span>
      {steers && <span class="message-label">Steered</span>}
      {pending && <span class="message-label">Sending…</span>}
      <div class="bubble">{text}</div>
    </div>
  );
}

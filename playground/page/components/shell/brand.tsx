import type { ComponentChildren } from "preact";

export function Brand(): ComponentChildren {
  return (
    <div class="brand">
      <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
        <rect width="24" height="24" rx="7" />
        <path d="M9.25 7.6v8.8l7.25-4.4z" />
      </svg>
      <span>Playground</span>
    </div>
  );
}

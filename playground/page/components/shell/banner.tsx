import type { ComponentChildren } from "preact";
import { Icon } from "../icon.js";

export interface BannerProps {
  readonly tone: "info" | "warning" | "error";
  readonly children: ComponentChildren;
  /** Whether it is read out at once. */
  readonly urgent?: boolean;
  readonly onDismiss?: () => void;
}

/** Something to know, in words; the colour only underlines them. */
export function Banner({ tone, children, urgent = false, onDismiss }: BannerProps): ComponentChildren {
  return (
    <div class={`banner ${tone}`} role={urgent ? "alert" : undefined}>
      <Icon name={tone === "info" ? "info" : "alert"} />
      <div class="banner-text">{children}</div>
      {onDismiss !== undefined && (
        <button type="button" class="quiet icon-only small" aria-label="Dismiss" onClick={onDismiss}>
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}

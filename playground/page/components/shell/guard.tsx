import { Component, type ComponentChildren } from "preact";
import { Banner } from "./banner.js";

export interface GuardProps {
  /** What cannot be shown, as the subject of a sentence. */
  readonly subject: string;
  readonly children: ComponentChildren;
}

/** Keeps a defect where it is: what cannot be drawn is replaced by words, and everything around it stands. */
export class Guard extends Component<GuardProps, { readonly failed: boolean }> {
  override state = { failed: false };

  static override getDerivedStateFromError(): { readonly failed: boolean } {
    return { failed: true };
  }

  override render(): ComponentChildren {
    if (!this.state.failed) return this.props.children;
    return (
      <Banner tone="error">
        {this.props.subject} cannot be shown. <button type="button" class="secondary small" onClick={() => location.reload()}>Reload the page</button>
      </Banner>
    );
  }
}

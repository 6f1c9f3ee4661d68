import type { ComponentChildren } from "preact";
import { CopyButton } from "../components/shell/copy-button.js";
import { Scroller } from "../components/shell/scroller.js";

export function CodeBlock({ language, text }: { readonly language: string | undefined; readonly text: string }): ComponentChildren {
  const name = language === undefined || language === "" ? "Code" : language;
  return (
    <figure class="code-block">
      <figcaption>
        <span>{name}</span>
        <CopyButton label="Copy code" text={text} />
      </figcaption>
      <Scroller tag="pre" label={`${name} block`}>
        <code>{text}</code>
      </Scroller>
    </figure>
  );
}

import type { Token, Tokens } from "marked";
import type { ComponentChildren } from "preact";
import { safeLink } from "./safe-link.js";

/** Inline Markdown as elements. What is not known here is shown as it was written, HTML included. */
export function Inline({ tokens }: { readonly tokens: readonly Token[] | undefined }): ComponentChildren {
  return tokens?.map((token) => inline(token));
}

function inline(token: Tokens.Generic): ComponentChildren {
  switch (token.type) {
    case "strong":
      return (
        <strong>
          <Inline tokens={token.tokens} />
        </strong>
      );
    case "em":
      return (
        <em>
          <Inline tokens={token.tokens} />
        </em>
      );
    case "del":
      return (
        <del>
          <Inline tokens={token.tokens} />
        </del>
      );
    case "codespan":
      return <code>{textOf(token)}</code>;
    case "br":
      return <br />;
    case "link":
      return <SafeLink href={hrefOf(token)}>{token.tokens === undefined ? textOf(token) : <Inline tokens={token.tokens} />}</SafeLink>;
    case "image":
      return <UnloadedImage href={hrefOf(token)} text={textOf(token)} />;
    case "checkbox":
      return null;
    case "text":
      return token.tokens === undefined ? decoded(textOf(token)) : <Inline tokens={token.tokens} />;
    case "escape":
      return textOf(token);
    default:
      return token.raw;
  }
}

function SafeLink({ href, children }: { readonly href: string; readonly children: ComponentChildren }): ComponentChildren {
  const safe = safeLink(href);
  if (safe === undefined) {
    return (
      <span class="md-inert" title="This address is not opened from here.">
        {children} <span class="md-address">({href})</span>
      </span>
    );
  }
  return (
    <a href={safe} target="_blank" rel="noopener noreferrer nofollow" title={safe}>
      {children}
    </a>
  );
}

/** A picture from elsewhere would tell its server who reads. It is named, not loaded. */
function UnloadedImage({ href, text }: { readonly href: string; readonly text: string }): ComponentChildren {
  return (
    <span class="md-inert">
      Image: {text === "" ? "no description" : text} <span class="md-address">({href})</span>
    </span>
  );
}

function textOf(token: Tokens.Generic): string {
  const { text } = token as { readonly text?: unknown };
  return typeof text === "string" ? text : token.raw;
}

function hrefOf(token: Tokens.Generic): string {
  const { href } = token as { readonly href?: unknown };
  return typeof href === "string" ? href : "";
}

const references: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** The character references that people and models write; the others stay as they are. */
function decoded(text: string): string {
  return text.replace(/&(#\d{1,7}|#x[\da-f]{1,6}|[a-z]+);/gi, (written, name: string) => {
    if (!name.startsWith("#")) return references[name.toLowerCase()] ?? written;
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
    return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : written;
  });
}

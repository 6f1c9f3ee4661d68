import type { Token, Tokens } from "marked";
import type { ComponentChildren } from "preact";
import { Scroller } from "../components/shell/scroller.js";
import { CodeBlock } from "./code-block.js";
import { Inline } from "./inline.js";

const headings = ["h3", "h3", "h4", "h5", "h6", "h6"] as const;

/**
 * One block of Markdown as elements. No HTML is ever made of a model's text: its tags are text like any other, so there is nothing that
 * could run, load or restyle the page.
 */
export function Block({ token }: { readonly token: Token }): ComponentChildren {
  switch (token.type) {
    case "paragraph":
      return (
        <p>
          <Inline tokens={token.tokens} />
        </p>
      );
    case "heading": {
      // The page's own headings come before those of an answer.
      const Heading = headings[(token as Tokens.Heading).depth - 1] ?? "h6";
      return (
        <Heading>
          <Inline tokens={token.tokens} />
        </Heading>
      );
    }
    case "code": {
      const { lang, text } = token as Tokens.Code;
      return <CodeBlock language={lang?.split(/\s/)[0]} text={text} />;
    }
    case "blockquote":
      return (
        <blockquote>
          <Blocks tokens={token.tokens} />
        </blockquote>
      );
    case "list":
      return <List list={token as Tokens.List} />;
    case "table":
      return <Table table={token as Tokens.Table} />;
    case "hr":
      return <hr />;
    case "space":
    case "def":
    case "checkbox":
      return null;
    case "text":
      return <Inline tokens={token.tokens ?? [token]} />;
    // What is not read is shown as it was written.
    default:
      return <p class="md-raw">{token.raw.trimEnd()}</p>;
  }
}

function Blocks({ tokens }: { readonly tokens: readonly Token[] | undefined }): ComponentChildren {
  return tokens?.map((token, index) => <Block key={index} token={token} />);
}

function List({ list }: { readonly list: Tokens.List }): ComponentChildren {
  const items = list.items.map((item, index) => (
    <li key={index} class={item.task ? "md-task" : undefined}>
      {item.task && <span class="md-check">{item.checked === true ? "[done] " : "[open] "}</span>}
      <Blocks tokens={item.tokens} />
    </li>
  ));
  return list.ordered ? <ol start={list.start === "" ? 1 : list.start}>{items}</ol> : <ul>{items}</ul>;
}

function Table({ table }: { readonly table: Tokens.Table }): ComponentChildren {
  return (
    <Scroller tag="div" class="md-table" label="Table">
      <table>
        <thead>
          <tr>
            {table.header.map((cell, index) => (
              <th key={index} scope="col" class={alignment(cell)}>
                <Inline tokens={cell.tokens} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column} class={alignment(cell)}>
                  <Inline tokens={cell.tokens} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function alignment({ align }: Tokens.TableCell): string | undefined {
  return align === "right" || align === "center" ? `md-${align}` : undefined;
}

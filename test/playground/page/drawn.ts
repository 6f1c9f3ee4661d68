import { isValidElement, type ComponentChildren, type VNode } from "preact";

export interface Drawn {
  readonly elements: readonly { readonly tag: string; readonly attributes: Readonly<Record<string, unknown>> }[];
  readonly text: string;
}

type Component = (props: unknown) => ComponentChildren;

/** The elements and the text that come of a tree, without a browser: pure components are simply called, `leaves` are passed over. */
export function drawn(tree: ComponentChildren, leaves: readonly unknown[] = []): Drawn {
  const elements: Drawn["elements"][number][] = [];
  let text = "";
  const walk = (node: ComponentChildren): void => {
    if (Array.isArray(node)) for (const child of node as readonly ComponentChildren[]) walk(child);
    else if (isValidElement(node)) visit(node);
    else if (typeof node === "string" || typeof node === "number") text += String(node);
  };
  const visit = ({ type, props }: VNode): void => {
    if (leaves.includes(type)) return;
    if (typeof type === "function") return walk((type as Component)(props));
    const { children, ...attributes } = props as { readonly children?: ComponentChildren };
    elements.push({ tag: type, attributes });
    walk(children);
  };
  walk(tree);
  return { elements, text };
}

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon, type IconName } from "../icon.js";
import { useDismiss } from "./use-dismiss.js";

export interface MenuItem {
  readonly label: string;
  /** Why it cannot be done now. */
  readonly disabled?: string | undefined;
  readonly danger?: boolean;
  readonly act: () => void;
}

/** A button with a menu, as the ARIA Authoring Practices have it: arrows, Home, End, first letters, Escape. */
export function Menu({ label, icon, items }: { readonly label: string; readonly icon: IconName; readonly items: readonly MenuItem[] }): ComponentChildren {
  const open = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  const entries = (): readonly HTMLElement[] => [...(root.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
  const focusAt = (index: number): void => entries().at(index % Math.max(1, entries().length))?.focus();
  const close = (restoreFocus: boolean): void => {
    open.value = false;
    if (restoreFocus) root.current?.querySelector<HTMLElement>("[aria-haspopup]")?.focus();
  };
  useDismiss({ root, open: open.value, close });
  useEffect(() => {
    if (open.value) focusAt(0);
  }, [open.value]);
  const startingWith = (letter: string): number => items.findIndex(({ label }) => label.toLowerCase().startsWith(letter.toLowerCase()));
  const onKey = (event: KeyboardEvent): void => {
    const at = entries().findIndex((entry) => entry === document.activeElement);
    if (event.key === "ArrowDown") focusAt(at + 1);
    else if (event.key === "ArrowUp") focusAt(at - 1);
    else if (event.key === "Home") focusAt(0);
    else if (event.key === "End") focusAt(-1);
    else if (event.key === "Tab") return close(true);
    else if (event.key.length === 1 && event.key !== " ") focusAt(startingWith(event.key) === -1 ? at : startingWith(event.key));
    else return;
    event.preventDefault();
  };
  return (
    <div class="menu" ref={root}>
      <button type="button" class="quiet icon-only" aria-label={label} title={label} aria-haspopup="menu" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
        <Icon name={icon} />
      </button>
      {open.value && (
        <div class="popover menu-list" role="menu" aria-label={label} tabIndex={-1} onKeyDown={onKey}>
          {items.map((item) => (
            <MenuEntry key={item.label} item={item} close={close} />
          ))}
        </div>
      )}
    </div>
  );
}

function MenuEntry({ item, close }: { readonly item: MenuItem; readonly close: (restoreFocus: boolean) => void }): ComponentChildren {
  const act = (): void => {
    if (item.disabled !== undefined) return;
    close(true);
    item.act();
  };
  return (
    <button type="button" role="menuitem" tabIndex={-1} class={item.danger === true ? "menu-item danger" : "menu-item"} aria-disabled={item.disabled !== undefined} onClick={act}>
      <span>{item.label}</span>
      {item.disabled !== undefined && <small>{item.disabled}</small>}
    </button>
  );
}

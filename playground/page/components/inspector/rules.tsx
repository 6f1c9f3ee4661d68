import type { ComponentChildren } from "preact";
import { Icon } from "../icon.js";
import { usePlayground } from "../playground-context.js";
import { count } from "../words.js";

/** The rules of every stream of events, checked by the host while it runs. */
export function Rules(): ComponentChildren {
  const { rules, violations } = usePlayground().world.value;
  const isClean = violations.length === 0;
  return (
    <details class={isClean ? "rules fold" : "rules fold broken"}>
      <summary>
        <Icon name={isClean ? "check" : "alert"} />
        <span>{count(violations.length, "violation")}</span>
        <span class="hint">{count(rules.length, "rule")} checked live</span>
        <Icon name="chevron" />
      </summary>
      <div class="fold-body">
        {violations.map(({ seq, rule, detail }) => (
          <p key={seq} class="violation">
            <strong>{rule}</strong> {detail}
          </p>
        ))}
        <ol>
          {rules.map((rule) => (
            <li key={rule}>{rule}</li>
          ))}
        </ol>
      </div>
    </details>
  );
}

import type { ComponentChildren } from "preact";
import { Brand } from "./brand.js";

/** The page was opened without the part of the address that lets it in. */
export function MissingSecret(): ComponentChildren {
  return (
    <main class="missing-secret">
      <Brand />
      <h1>This address is not complete</h1>
      <p>
        The playground lets in only who has the secret of its current run. It stands at the end of the address that the host printed in its terminal, behind the <code>#</code>.
      </p>
      <p>Copy that whole address and open it here. It changes with every start.</p>
    </main>
  );
}

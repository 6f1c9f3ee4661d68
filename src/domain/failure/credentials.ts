const mask = "…";

/** How keys of well-known services begin. */
const keyPrefix = /^(?:(?:sk|pk|rk|xai|gsk|hf|gh[opsu]|github_pat|xox[abprs])[-_]|AIza|AKIA|ASIA|eyJ)/;

/** Nothing that people read is so long without a break, and has digits in it. */
const longRun = /[A-Za-z0-9]{20,}/;

/**
 * A text without what looks like a credential. A model's provider may repeat in its error the key that it was sent; the agent hands that
 * on, and a host stores it. Names of models, UUIDs and paths stay.
 */
export function withoutCredentials(text: string): string {
  return text
    .replaceAll(/(:\/\/)[^/\s@]+@/g, `$1${mask}@`)
    .replaceAll(/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${mask}`)
    .replaceAll(/([?&](?:api[-_]?key|access[-_]?token|key|token|secret)=)[^&\s"']+/gi, `$1${mask}`)
    .replaceAll(/[\w+=-]{16,}/g, (word) => (keyPrefix.test(word) || isRandom(word) ? mask : word));
}

function isRandom(word: string): boolean {
  const [run = ""] = longRun.exec(word) ?? [];
  return /\d/.test(run) && /[A-Za-z]/.test(run);
}

const key = "playground-secret";

/**
 * The secret of this run of the host. It comes in the fragment of the page's URL, which is never sent anywhere; a tab remembers it, so
 * that a reload or a hand-edited address works, too.
 */
export function readSecret({ hash, storage }: { readonly hash: string; readonly storage: Storage }): string | undefined {
  const given = secretIn(hash);
  if (given !== undefined) storage.setItem(key, given);
  return given ?? storage.getItem(key) ?? undefined;
}

export function secretIn(hash: string): string | undefined {
  const secret = new URLSearchParams(hash.replace(/^#/, "")).get("key");
  return secret === null || secret === "" ? undefined : secret;
}

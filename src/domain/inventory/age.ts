/** A clock that was set back makes nothing young: what seems to come from the future has no age. */
export function isYounger(moment: number, { now, than }: { readonly now: number; readonly than: number }): boolean {
  return now >= moment && now - moment < than;
}

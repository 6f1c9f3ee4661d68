import type { DroppedLine, RpcClose, RpcListener, RpcRecord } from "../../ports/rpc-transport.js";

/** Lets a connection change hands: what it reports goes to whoever holds it now, in the order of the wire. */
export class RecordRelay implements RpcListener {
  #holder: RpcListener;
  #close: RpcClose | undefined;

  constructor(holder: RpcListener) {
    this.#holder = holder;
  }

  /** A new holder hears of an end that came before it as well, though not within this call. */
  handTo(holder: RpcListener): void {
    this.#holder = holder;
    const close = this.#close;
    if (close !== undefined) queueMicrotask(() => holder.onClose(close));
  }

  readonly onRecord = (record: RpcRecord): void => this.#holder.onRecord(record);
  readonly onDropped = (dropped: DroppedLine): void => this.#holder.onDropped(dropped);
  readonly onClose = (close: RpcClose): void => {
    this.#close = close;
    this.#holder.onClose(close);
  };
  readonly ready = (): Promise<void> | undefined => this.#holder.ready?.();
}

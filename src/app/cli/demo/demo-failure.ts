/** Something that the demo shows is not so. */
export class DemoFailure extends Error {
  constructor(reason: string) {
    super(`The demo failed: ${reason}`);
    this.name = "DemoFailure";
  }
}

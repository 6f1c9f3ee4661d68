import { Component, type ComponentChildren, type FunctionComponent } from "preact";

/** A component that is drawn again only when one of its properties is another object: state here never changes in place. */
export function memo<Props extends object>(draw: (props: Props) => ComponentChildren): FunctionComponent<Props> {
  const Inner: FunctionComponent<Props> = (props) => draw(props);
  class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      return differs(this.props, next);
    }

    override render(): ComponentChildren {
      return <Inner {...this.props} />;
    }
  }
  return Memo as unknown as FunctionComponent<Props>;
}

function differs(before: object, after: object): boolean {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  names.delete("children");
  return [...names].some((name) => Reflect.get(before, name) !== Reflect.get(after, name));
}

/** What goes wrong with one request. */
export type Fault =
  /** Answered as usual, later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Never answered; what it asked for does not happen. */
  | { readonly kind: 'hang' }
  /** Answered with this instead. */
  | { readonly kind: 'fail'; readonly status: number; readonly message: string }
  /** The connection breaks. */
  | { readonly kind: 'drop' };

export interface Route {
  /** Undefined: any. */
  readonly method?: string;
  /** Against the path without API version and query. */
  readonly path: RegExp;
}

/** Faults waiting for the request they are meant for: each hits once. */
export class Faults {
  #waiting: readonly { readonly route: Route; readonly fault: Fault }[] = [];

  next(route: Route, fault: Fault): void {
    this.#waiting = [...this.#waiting, { route, fault }];
  }

  take(method: string, path: string): Fault | undefined {
    const hit = this.#waiting.find(
      ({ route }) => (route.method ?? method) === method && route.path.test(path),
    );
    this.#waiting = this.#waiting.filter((waiting) => waiting !== hit);
    return hit?.fault;
  }
}

/** `State.Error` of a start that failed for want of the network that was to be joined. */
const WANT_OF_NETWORK =
  /cannot join network|joining network namespace|No such container|\/ns\/net|final child|is restarting/;

export const couldNotJoin = ({ error }: { readonly error: string }): boolean => WANT_OF_NETWORK.test(error);

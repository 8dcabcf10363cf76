/** `State.Error` of a start that failed because the network to join did not exist. */
const WANT_OF_NETWORK =
  /cannot join network|joining network namespace|No such container|\/ns\/net|final child|is restarting/;

export const couldNotJoin = ({ error }: { readonly error: string }): boolean => WANT_OF_NETWORK.test(error);

/** Where an engine of the matrix comes from. */
export type Source =
  /** From the packages that are installed on this machine. */
  | { readonly from: 'installed'; readonly program: string }
  /** From this Debian suite, unpacked into a folder: it runs beside the installed one. */
  | { readonly from: 'suite'; readonly program: string; readonly suite: string };

/** The engines that the stories are played on, by what `ENGINE` calls them: the first two numbers of their version, or `podman` of any. */
export const ENGINES: Readonly<Record<string, Source>> = {
  '20.10': { from: 'installed', program: 'dockerd' },
  '26.1': { from: 'suite', program: 'dockerd', suite: 'trixie' },
  '28.5': { from: 'suite', program: 'dockerd', suite: 'sid' },
  podman: { from: 'installed', program: 'podman' },
};

export const NAMES = Object.keys(ENGINES);

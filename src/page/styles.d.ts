/** The build takes them into the page's style. */
declare module '*.css';

/** Whether nobody sees the page: its tab is in the background. */
export const isPageHidden = (): boolean => globalThis.document?.visibilityState === "hidden";

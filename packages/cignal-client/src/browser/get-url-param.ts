import { browser } from "./browser.js";

/**
 * A parameter of the page's address, decoded, or `defaultValue` where it is absent.
 *
 * @example getUrlParam("roomId", null) // "a b" on https://example.org/?roomId=a%20b
 */
export function getUrlParam<Default = null>(
  key: string,
  defaultValue: Default = null as Default,
): string | Default {
  const page = browser.pageUrl();
  return (page && new URL(page).searchParams.get(key)) ?? defaultValue;
}

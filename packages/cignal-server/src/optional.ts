import { OptionsError } from "./options.js";

/** Whether a package is not installed. */
export const isMissing = (error: unknown) =>
  error instanceof Error && /^(ERR_)?MODULE_NOT_FOUND$/.test(String(Reflect.get(error, "code")));

/**
 * Loads what needs packages that not everybody has installed.
 *
 * @param variable - of the environment, which asks for it
 * @throws OptionsError that says what to install
 */
export async function loadOptional<Module>(
  variable: string,
  packages: string,
  load: () => Promise<Module>,
): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new OptionsError(`${variable}: needs npm install ${packages}`);
  }
}

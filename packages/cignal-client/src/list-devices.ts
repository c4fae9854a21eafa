import { browser } from "./browser/browser.js";
import type { DeviceList } from "./media/device-list.js";

/**
 * What can be chosen from: microphones, cameras and speakers, the system's default first. Asks for no permission; until
 * the page has one the devices of that kind are one without an id. Empty where a page has no access to devices.
 */
export async function listDevices(): Promise<DeviceList> {
  const { deviceList } = await import("./media/device-list.js");
  return deviceList(browser);
}

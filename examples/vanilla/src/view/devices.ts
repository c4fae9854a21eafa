import type { DeviceList, Outcome } from "cignal-client";
import { find } from "./dom.js";

const KINDS = ["microphone", "camera", "speaker"] as const;

type DeviceKind = (typeof KINDS)[number];

export interface DevicesOptions {
  /** Brings the list up to date. */
  onOpen: () => void;
  onChoose: (kind: DeviceKind, deviceId: string) => Promise<Outcome>;
  /** The id of the device in use; `undefined` while there is none. */
  used: (kind: DeviceKind) => string | undefined;
}

/** The menu of devices, which `button` opens. */
export function createDevices(
  menu: HTMLElement,
  button: HTMLButtonElement,
  { onOpen, onChoose, used }: DevicesOptions,
) {
  const fields = KINDS.map((kind) => {
    const label = find(menu, `.${kind}s`, HTMLElement);
    const select = find(label, "select", HTMLSelectElement);
    select.addEventListener("change", async () => {
      await onChoose(kind, select.value);
      showUsed();
    });
    return { kind, label, select };
  });

  menu.addEventListener("toggle", ({ newState }) => {
    button.ariaExpanded = String(newState === "open");
    if (newState !== "open") return;
    fields[0]?.select.focus();
    onOpen();
  });

  /** What was chosen and cannot be had is not what is shown. */
  function showUsed(): void {
    for (const { kind, select } of fields) {
      const deviceId = used(kind);
      if (deviceId !== undefined && select.value !== deviceId) select.value = deviceId;
      // Chromium's name for the system's default is "default", whichever device that is; it is the first one.
      if (select.selectedIndex < 0) select.selectedIndex = 0;
    }
  }

  return {
    showUsed,
    list(devices: DeviceList): void {
      for (const { kind, label, select } of fields) {
        const listed = devices[`${kind}s`];
        const before = select.value;
        const options = listed.map((device) => new Option(device.label, device.deviceId));
        // Not `disabled`, which would take the focus away.
        select.replaceChildren(...(options.length > 0 ? options : [new Option("None found", "")]));
        select.value = before;
        // Where the browser has no choice of them, there is none to offer.
        label.hidden = kind === "speaker" && listed.length === 0;
      }
      showUsed();
    },
  };
}

/** How a device is held, behind a door of its own: few pages ask. */
export interface OrientationBrowser {
  /** How far the device is turned from how it is held by nature, in degrees; 0 where no browser says. */
  screenAngle(): number;
  /** Tells that it has been turned; returns what removes the listener. */
  watchScreen(listener: () => void): () => void;
}

const screenOrientation = (): ScreenOrientation | undefined => globalThis.screen?.orientation;

export const orientationBrowser: OrientationBrowser = {
  screenAngle: () => screenOrientation()?.angle ?? 0,

  watchScreen(listener) {
    const orientation = screenOrientation();
    orientation?.addEventListener("change", listener);
    return () => orientation?.removeEventListener("change", listener);
  },
};

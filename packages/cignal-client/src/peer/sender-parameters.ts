const changes = new WeakMap<RTCRtpSender, Promise<void>>();

/**
 * Changes what a sender sends with (W3C webrtc, section 5.2), one change after the other, so that none undoes another.
 * Resolves when it is done, also if the browser does not want it so.
 *
 * @param change - changes the parameters and returns the second argument of setParameters, or `false` to leave all as it is
 */
export function changeParameters(
  sender: RTCRtpSender,
  change: (parameters: RTCRtpSendParameters) => RTCSetParameterOptions | false | undefined,
): Promise<void> {
  const before = changes.get(sender) ?? Promise.resolve();
  const changed = before
    .then(async () => {
      const parameters = sender.getParameters();
      const options = change(parameters);
      if (options !== false) await sender.setParameters(parameters, options);
    })
    .catch(() => {});
  changes.set(sender, changed);
  return changed;
}

/** In a page of an example, which takes cameras and screens as they come: smaller ones, as two cores encode them for all. */
export function askForSmallPictures(): void {
  const { mediaDevices } = navigator;
  // Such as about:blank has none.
  if (!mediaDevices) return;
  const small = { width: 320, height: 240, frameRate: 10 };
  const shrink = (constraints: MediaStreamConstraints = {}): MediaStreamConstraints => {
    const { video } = constraints;
    return { ...constraints, video: video ? { ...small, ...(video !== true && video) } : false };
  };
  const { getUserMedia, getDisplayMedia } = mediaDevices;
  mediaDevices.getUserMedia = (constraints) => getUserMedia.call(mediaDevices, shrink(constraints));
  mediaDevices.getDisplayMedia = (options) =>
    getDisplayMedia.call(mediaDevices, shrink({ video: true, ...options }));
}

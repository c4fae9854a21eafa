const saver = document.querySelector("#saver");

saver.onchange = () => {
  const small = { video: { maxBitrate: 150_000, maxFramerate: 15 }, audio: { maxBitrate: 16_000 } };
  cignal.setQuality(saver.checked ? small : {});
};

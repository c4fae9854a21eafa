const menus = {
  microphone: document.querySelector("#microphone"),
  camera: document.querySelector("#camera"),
  speaker: document.querySelector("#speaker"),
};
menus.microphone.onchange = ({ target }) => cignal.microphone.switchDevice(target.value);
menus.camera.onchange = ({ target }) => cignal.camera.switchDevice(target.value);
menus.speaker.onchange = ({ target }) => cignal.setSpeaker(target.value);

cignal.on("devicesChanged", (devices) => {
  for (const [kind, menu] of Object.entries(menus)) {
    const chosen = menu.value;
    const options = devices[`${kind}s`].map(({ label, deviceId }) => new Option(label, deviceId));
    menu.replaceChildren(...options);
    menu.disabled = options.length === 0;
    select(menu, chosen);
  }
  showUsed();
});
cignal.on("localMediaChanged", showUsed);

function showUsed() {
  for (const kind of ["microphone", "camera"]) {
    const { track } = cignal[kind];
    if (track) select(menus[kind], track.getSettings().deviceId);
  }
}

function select(menu, deviceId) {
  menu.value = deviceId;
  // Chromium's name for the system's default is "default", whichever device that is; it is the first one.
  if (menu.selectedIndex < 0) menu.selectedIndex = 0;
}

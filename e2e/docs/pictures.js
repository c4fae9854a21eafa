import { openPictures, takePicture } from "cignal-client/record";

const pictures = openPictures(cignal);

pictures.on("picture", (blob, { peer }) => {
  received.alt = `From ${peer.name}`;
  received.src = URL.createObjectURL(blob);
});

share.onclick = async () => {
  await pictures.share(await takePicture(cignal, cignal.data.myPeerId));
};

// Makes a photo small before it is sent: it saves the resident's data, and leaves behind where
// and with what it was taken. The server does the same again, and refuses what is no photo.

const SIDE = 1600;
const SMALL = 300000; // bytes; not worth the trouble

/** The photo at most SIDE pixels long, as a JPEG; the file itself if this browser cannot. */
export async function shrink(file) {
  if (file.size < SMALL) return file;
  try {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, SIDE / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return blob || file;
  } catch {
    return file;
  }
}

/** The file that the package ships for browsers; its main file needs Node's own modules. */
declare module "simple-peer/simplepeer.min.js" {
  import SimplePeer = require("simple-peer");
  export = SimplePeer;
}

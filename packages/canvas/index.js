// `canvas` downloads or compiles its library when it is installed; @napi-rs/canvas brings it from the registry. The version
// of this folder is the one whose interface is meant: chartjs-node-canvas asks for ^3.1.0. Both are packed with us
// (`bundleDependencies`), so that it holds for a consumer too, whom `overrides` would not reach, and nobody else sees it.
// @napi-rs/canvas is our own dependency and is named in no list here: npm counts what a bundled package asks for as bundled
// as well, and then leaves it out (`findings/npm-bundled-peer.sh`).
module.exports = require('@napi-rs/canvas');

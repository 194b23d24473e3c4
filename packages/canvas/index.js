// `canvas` downloads or compiles its library when it is installed; @napi-rs/canvas brings it from the registry. The version
// of this folder is the one whose interface is meant: chartjs-node-canvas asks for ^3.1.0. Both are packed with us
// (`bundleDependencies`), so that it holds for a consumer too, whom `overrides` would not reach, and nobody else sees it.
module.exports = require('@napi-rs/canvas');

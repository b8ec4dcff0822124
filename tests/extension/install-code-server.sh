#!/usr/bin/env bash
# Install code-server 4.100.3, which is VS Code 1.100.3 in a browser, from npm: for the tests beside this file.
# Needs Node 20 with its headers, a C++ compiler, make, pkg-config, ripgrep, libkrb5-dev and libsecret-1-dev.
# usage: install-code-server.sh [DIR]      prints the path of the program
set -euo pipefail
dir=${1:-${HOME}/.cache/sqloop-tests/code-server-4.100.3}
export npm_config_nodedir=${npm_config_nodedir:-/usr} npm_config_loglevel=error npm_config_fund=false npm_config_audit=false
mkdir -p "$dir"
cd "$dir"
dir=$PWD
program=$dir/node_modules/.bin/code-server
if [ ! -e .complete ]; then
    echo '{"private":true}' >package.json
    npm install code-server@4.100.3 --ignore-scripts >&2
    npm rebuild argon2 >&2
    cd node_modules/code-server/lib/vscode
    npm install --omit=dev --ignore-scripts >&2
    (cd extensions && npm install --omit=dev --ignore-scripts >&2)
    npm rebuild @vscode/spdlog native-watchdog kerberos @parcel/watcher @vscode/deviceid >&2
    # It compiles, and then fails at a step that it needs on other systems only.
    npm rebuild node-pty >&2 || test -f node_modules/node-pty/build/Release/pty.node
    ln -sfn node_modules node_modules.asar
    mkdir -p node_modules/@vscode/ripgrep/bin
    ln -sf "$(command -v rg)" node_modules/@vscode/ripgrep/bin/rg
    ln -sf code-linux.sh bin/remote-cli/code-server
    ln -sf browser-linux.sh bin/helpers/browser.sh
    touch "$dir/.complete"
fi
echo "$program"

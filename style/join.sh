#!/bin/sh
# Joins the layers of the style sheet, in order, into the one file that the page loads. Comments, each one
# on a line, and indentation stay behind.
set -eu
cd "$(dirname "$0")/.."
mkdir -p target/style
cat style/tokens.css style/base.css style/frame.css style/controls.css style/screens.css |
  sed -e 's|/\*[^*]*\*/||g' -e 's/^ *//' -e '/^$/d' > target/style/linchpin.css.new
if cmp -s target/style/linchpin.css.new target/style/linchpin.css; then
  rm target/style/linchpin.css.new
else
  mv target/style/linchpin.css.new target/style/linchpin.css
fi

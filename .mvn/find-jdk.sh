#!/bin/sh
# Prints the home of a JDK that is at least version $1 (default 25), or says what to do and exits 3.
# Order: MAIA_JAVA_HOME, JAVA_HOME, JAVA<nn>_HOME, javac on the PATH, then the usual places. A JDK is a folder with
# bin/javac and the jdk.jshell module; its version is read from its release file, so nothing is started while looking.
want=${1:-25}
seen=""
fits() {
  [ -n "$1" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  seen="$seen
  $1 (version ${version:-unknown})"
  [ -n "$version" ] && [ "$version" -ge "$want" ] && grep -q 'jdk.jshell' "$1/release"
}
take() {
  printf '%s\n' "$1"
  exit 0
}
fits "$MAIA_JAVA_HOME" && take "$MAIA_JAVA_HOME"
[ -z "$MAIA_JAVA_HOME" ] ||
  echo "note: MAIA_JAVA_HOME=$MAIA_JAVA_HOME is no JDK $want or later; looking for another" >&2
fits "$JAVA_HOME" && take "$JAVA_HOME"
for name in $(env | sed -n 's/^\(JAVA[0-9]*_HOME\)=.*/\1/p'); do
  eval "home=\$$name"
  fits "$home" && take "$home"
done
if javac=$(command -v javac 2>/dev/null); then
  javac=$(readlink -f "$javac" 2>/dev/null || echo "$javac")
  fits "${javac%/bin/javac}" && take "${javac%/bin/javac}"
fi
for home in "$HOME"/.jdks/* "$HOME"/.m2/jdks/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jbang/cache/jdks/* \
  "$HOME"/.asdf/installs/java/* "$HOME"/.gradle/jdks/* /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
  /Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
  /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
  fits "$home" && take "$home"
done
{
  echo "No JDK $want or later was found."
  [ -n "$seen" ] && echo "Looked at:$seen"
  echo "Install one (for example Eclipse Temurin $want) and set JAVA_HOME to it, or MAIA_JAVA_HOME to use it for Maia4J only."
} >&2
exit 3

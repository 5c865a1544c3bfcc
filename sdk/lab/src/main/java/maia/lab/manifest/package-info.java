/// What a run was given, what it ran on and what it gave, as one file that runs again.
///
/// In: a command with its arguments, or the axes of a sweep. Out: a [Manifest], as JSON beside the
/// outputs. Terms. A *digest* is the SHA-256 of a file, of every file of a folder, or of a printed
/// text.
///
/// ```java
/// Manifest made = Manifest.read(Path.of("out/cost.manifest.json"));
/// made.outputs();
/// ```
@NullMarked
package maia.lab.manifest;

import org.jspecify.annotations.NullMarked;

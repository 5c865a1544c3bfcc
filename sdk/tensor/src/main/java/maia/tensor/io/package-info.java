/// Reading and writing tensors in files.
///
/// In: a path and named tensors. Out: a file that other tools read, or the tensors of one. A file
/// that breaks the format is refused before memory is taken for its tensors. [Safetensors] and
/// [Npy] (`.npy`, `.npz`) are read and written, [Gguf] of version 3 is read, its quantised blocks
/// decoded. Safetensors can be mapped into memory, and split over several files with an index
/// ([ShardedSafetensors]). Files are replaced whole or not at all.
///
/// ```java
/// Safetensors.write(path, model.stateDict());
/// model.loadStateDict(Safetensors.read(path));
/// ```
@NullMarked
package maia.tensor.io;

import org.jspecify.annotations.NullMarked;

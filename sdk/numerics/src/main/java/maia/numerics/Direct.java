package maia.numerics;

import java.lang.foreign.MemorySegment;

/// Memory outside the heap that vector loops read and write in place.
///
/// A loop on segments begins by comparing the class of each with [#KIND] and leaves when it
/// differs: from there on C2 knows the class. Without that it goes by the classes that this thread
/// or another has ever passed to the methods of the Vector API, and the interpreter passes segments
/// of byte arrays there; the loop then works for both kinds and takes up to nine times as long
/// (decision 055). The comparison has to be written out in the method that holds the loop.
final class Direct {
  /// The class of segments of memory that was allocated outside the heap, not mapped from a file.
  static final Class<?> KIND = MemorySegment.NULL.getClass();

  private Direct() {}

  /// Whether loops on segments take this one.
  static boolean is(MemorySegment x) {
    return x.getClass() == KIND;
  }

  /// Whoever called a loop has not asked [#is].
  static IllegalStateException refused() {
    return new IllegalStateException("bug in Direct: a loop on memory got another segment");
  }
}

package maia.numerics;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Arrays that one thread uses again and again, so that inner loops take nothing from the heap. A
/// user owns a slot until it returns, and calls nobody meanwhile who uses the same. An array larger
/// than [#KEPT] is made anew each time, and goes when its user returns: one row of a billion
/// elements must not hold memory for as long as the thread lives. Memory outside the heap is asked
/// for in small pieces only.
final class Scratch {
  /// Who uses an array.
  enum Slot {
    LEFT,
    RIGHT,
    EDGE,
    ROWS,
    FIRST,
    SECOND,
    FUNCTION,
    LANES,
    FACTORS,
    HALVES,
    SCALES,
    SCORES,
    KEYS,
    VALUES,
    OUTPUTS,
    MASK,
    SQUARE,
  }

  private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

  /// Bytes up to which an array waits for its next use.
  static final long KEPT = 1L << 28;

  /// Elements that an array can have.
  static final int MOST = Integer.MAX_VALUE - 8;

  private static final float[] NONE = {};
  private static final int ALIGNMENT = 64;

  private final float[][] arrays = new float[Slot.values().length][];

  private short[] shorts = {};
  private byte[] bytes = {};
  private int[] ints = {};
  private int[] magnitudes = {};
  private MemorySegment memory = MemorySegment.NULL;
  private MemorySegment steps = MemorySegment.NULL;

  private Scratch() {
    Arrays.fill(arrays, NONE);
  }

  /// An array of at least `size` elements with anything in it, for codes of 16 bits.
  static short[] shorts(int size) {
    Scratch own = OF_THREAD.get();
    if (own.shorts.length < size) {
      own.shorts = new short[size];
    }
    return own.shorts;
  }

  /// An array of at least `size` elements with anything in it, for codes of at most 8 bits.
  static byte[] bytes(int size) {
    Scratch own = OF_THREAD.get();
    if (own.bytes.length < size) {
      own.bytes = new byte[size];
    }
    return own.bytes;
  }

  /// An array of at least `size` elements with anything in it, for codes inside one loop.
  static int[] ints(int size) {
    Scratch own = OF_THREAD.get();
    if (own.ints.length < size) {
      own.ints = new int[size];
    }
    return own.ints;
  }

  /// An array of at least `size` elements with anything in it, for the largest magnitudes of blocks
  /// ahead, which outlive what is done with the blocks before them.
  static int[] magnitudes(int size) {
    Scratch own = OF_THREAD.get();
    if (own.magnitudes.length < size) {
      own.magnitudes = new int[size];
    }
    return own.magnitudes;
  }

  /// Memory outside the heap of at least `bytes` bytes with anything in it, for codes or sums
  /// inside one loop.
  static MemorySegment memory(long bytes) {
    Scratch own = OF_THREAD.get();
    if (own.memory.byteSize() < bytes) {
      own.memory = Arena.ofAuto().allocate(bytes, ALIGNMENT);
    }
    return own.memory;
  }

  /// Memory outside the heap of at least `bytes` bytes with anything in it, for what functions of a
  /// stretch or a row keep between their loops: lines of the cache begin with its vectors, as they
  /// do not in arrays.
  static MemorySegment steps(long bytes) {
    Scratch own = OF_THREAD.get();
    if (own.steps.byteSize() < bytes) {
      own.steps = Arena.ofAuto().allocate(bytes, ALIGNMENT);
    }
    return own.steps;
  }

  /// An array of at least `size` elements with anything in it.
  static float[] floats(Slot slot, int size) {
    if (4L * size > KEPT) {
      return new float[size];
    }
    float[][] arrays = OF_THREAD.get().arrays;
    float[] array = arrays[slot.ordinal()];
    if (array.length < size) {
      array = new float[size];
      arrays[slot.ordinal()] = array;
    }
    return array;
  }
}

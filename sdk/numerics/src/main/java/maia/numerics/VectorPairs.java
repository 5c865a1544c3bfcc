package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Arithmetic on fp32 in memory ([Direct]), one loop per operation; places are bytes.
final class VectorPairs {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private VectorPairs() {}

  static void apply(
      Elementwise.Pair op,
      MemorySegment a,
      long aAt,
      MemorySegment b,
      long bAt,
      MemorySegment out,
      long outAt,
      int count) {
    int whole = SPECIES.loopBound(count);
    switch (op) {
      case ADD -> add(a, aAt, b, bAt, out, outAt, whole);
      case SUB -> sub(a, aAt, b, bAt, out, outAt, whole);
      case MUL -> mul(a, aAt, b, bAt, out, outAt, whole);
      case DIV -> div(a, aAt, b, bAt, out, outAt, whole);
    }
    for (int i = whole; i < count; i++) {
      float x = a.get(Packed.FLOAT, aAt + 4L * i);
      out.set(Packed.FLOAT, outAt + 4L * i, one(op, x, b.get(Packed.FLOAT, bAt + 4L * i)));
    }
  }

  static void apply(
      Elementwise.Pair op,
      MemorySegment a,
      long aAt,
      float b,
      MemorySegment out,
      long outAt,
      int count) {
    int whole = SPECIES.loopBound(count);
    switch (op) {
      case ADD -> add(a, aAt, b, out, outAt, whole);
      case SUB -> sub(a, aAt, b, out, outAt, whole);
      case MUL -> mul(a, aAt, b, out, outAt, whole);
      case DIV -> div(a, aAt, b, out, outAt, whole);
    }
    for (int i = whole; i < count; i++) {
      out.set(Packed.FLOAT, outAt + 4L * i, one(op, a.get(Packed.FLOAT, aAt + 4L * i), b));
    }
  }

  private static float one(Elementwise.Pair op, float a, float b) {
    return switch (op) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
    };
  }

  private static void add(
      MemorySegment a,
      long aAt,
      MemorySegment b,
      long bAt,
      MemorySegment out,
      long outAt,
      int count) {
    if (a.getClass() != Direct.KIND
        || b.getClass() != Direct.KIND
        || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      FloatVector.fromMemorySegment(SPECIES, a, aAt + 4L * LANES * v, ORDER)
          .add(FloatVector.fromMemorySegment(SPECIES, b, bAt + 4L * LANES * v, ORDER))
          .intoMemorySegment(out, outAt + 4L * LANES * v, ORDER);
    }
  }

  private static void add(
      MemorySegment a, long aAt, float b, MemorySegment out, long outAt, int count) {
    if (a.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      FloatVector.fromMemorySegment(SPECIES, a, aAt + 4L * LANES * v, ORDER)
          .add(b)
          .intoMemorySegment(out, outAt + 4L * LANES * v, ORDER);
    }
  }

  private static void sub(
      MemorySegment a,
      long aAt,
      MemorySegment b,
      long bAt,
      MemorySegment out,
      long outAt,
      int count) {
    if (a.getClass() != Direct.KIND
        || b.getClass() != Direct.KIND
        || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      FloatVector.fromMemorySegment(SPECIES, a, aAt + 4L * LANES * v, ORDER)
          .sub(FloatVector.fromMemorySegment(SPECIES, b, bAt + 4L * LANES * v, ORDER))
          .intoMemorySegment(out, outAt + 4L * LANES * v, ORDER);
    }
  }

  private static void sub(
      MemorySegment a, long aAt, float b, MemorySegment out, long outAt, int count) {
    if (a.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      FloatVector.fromMemorySegment(SPECIES, a, aAt + 4L * LANES * v, ORDER)
          .sub(b)
          .intoMemorySegment(out, outAt + 4L * LANES * v, ORDER);
    }
  }

  private static void mul(
      MemorySegment a,
      long aAt,
      MemorySegment b,
      long bAt,
      MemorySegment out,
      long outAt,
      int count) {
    if (a.getClass() != Direct.KIND
        || b.getClass() != Direct.KIND
        || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      FloatVector.fromMemorySegment(SPECIES, a, aAt + 4L * LANES * v, ORDER)
          .mul(FloatVector.fromMemorySegment(SPECIES, b, bAt + 4L * LANES * v, ORDER))
          .intoMemorySegment(out, outAt + 4L * LANES * v, ORDER);
    }
  }

  private static void mul(
      MemorySegment a, long aAt, float b, MemorySegment out, long outAt, int count) {
    if (a.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      FloatVector.fromMemorySegment(SPECIES, a, aAt + 4L * LANES * v, ORDER)
          .mul(b)
          .intoMemorySegment(out, outAt + 4L * LANES * v, ORDER);
    }
  }

  private static void div(
      MemorySegment a,
      long aAt,
      MemorySegment b,
      long bAt,
      MemorySegment out,
      long outAt,
      int count) {
    if (a.getClass() != Direct.KIND
        || b.getClass() != Direct.KIND
        || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      FloatVector.fromMemorySegment(SPECIES, a, aAt + 4L * LANES * v, ORDER)
          .div(FloatVector.fromMemorySegment(SPECIES, b, bAt + 4L * LANES * v, ORDER))
          .intoMemorySegment(out, outAt + 4L * LANES * v, ORDER);
    }
  }

  private static void div(
      MemorySegment a, long aAt, float b, MemorySegment out, long outAt, int count) {
    if (a.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      FloatVector.fromMemorySegment(SPECIES, a, aAt + 4L * LANES * v, ORDER)
          .div(b)
          .intoMemorySegment(out, outAt + 4L * LANES * v, ORDER);
    }
  }
}

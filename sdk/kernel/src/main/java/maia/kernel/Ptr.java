package maia.kernel;

import java.util.List;
import java.util.Optional;
import maia.kernel.Accesses.Places;
import maia.kernel.Tile.Made;
import maia.kernel.ir.Op.AtomicOp;
import maia.numerics.DType;

/// Places in an array: one per element of the joint shape of the indices. Indices may be any
/// integers: sums of scalars and multiples of `arange` become one strided copy, anything else a
/// gather or a scatter.
public final class Ptr {
  private final Places places;

  Ptr(Places places) {
    this.places = places;
  }

  /// What the array holds there; every place must lie inside the array.
  public Tile load() {
    return new Tile(Accesses.load(places, 0));
  }

  /// What the array holds where the mask holds, else 0.
  public Tile load(Mask mask) {
    return load(mask, 0);
  }

  /// What the array holds where the mask holds, else `other`.
  public Tile load(Mask mask, double other) {
    return new Tile(Accesses.load(places.masked(mask.made), other));
  }

  /// What the array holds where the mask holds, else `other`.
  public Tile load(Mask mask, Tile other) {
    return mask.where(load(mask), other);
  }

  /// Writes `value`; every place must lie inside the array.
  public void store(Tile value) {
    Accesses.store(places, value.made);
  }

  /// Writes `value` where the mask holds.
  public void store(Tile value, Mask mask) {
    Accesses.store(places.masked(mask.made), value.made);
  }

  // ---- read-modify-write; every result is what was there before

  private Tile atomic(AtomicOp op, Tile value) {
    return new Tile(Accesses.atomic(op, places, Optional.empty(), value.made));
  }

  private Tile atomic(AtomicOp op, Tile value, Mask mask) {
    return new Tile(Accesses.atomic(op, places.masked(mask.made), Optional.empty(), value.made));
  }

  /// Adds `value`; the order in which programs add is the device's.
  public Tile atomicAdd(Tile value) {
    return atomic(AtomicOp.ADD, value);
  }

  /// Adds `value` where the mask holds.
  public Tile atomicAdd(Tile value, Mask mask) {
    return atomic(AtomicOp.ADD, value, mask);
  }

  /// Keeps the bits that `value` has too.
  public Tile atomicAnd(Tile value) {
    return atomic(AtomicOp.AND, value);
  }

  /// Keeps, where the mask holds, the bits that `value` has too.
  public Tile atomicAnd(Tile value, Mask mask) {
    return atomic(AtomicOp.AND, value, mask);
  }

  /// Adds the bits of `value`.
  public Tile atomicOr(Tile value) {
    return atomic(AtomicOp.OR, value);
  }

  /// Adds the bits of `value` where the mask holds.
  public Tile atomicOr(Tile value, Mask mask) {
    return atomic(AtomicOp.OR, value, mask);
  }

  /// Changes the bits that `value` has.
  public Tile atomicXor(Tile value) {
    return atomic(AtomicOp.XOR, value);
  }

  /// Changes, where the mask holds, the bits that `value` has.
  public Tile atomicXor(Tile value, Mask mask) {
    return atomic(AtomicOp.XOR, value, mask);
  }

  /// Keeps the larger of what is there and `value`.
  public Tile atomicMax(Tile value) {
    return atomic(AtomicOp.MAX, value);
  }

  /// Keeps, where the mask holds, the larger of what is there and `value`.
  public Tile atomicMax(Tile value, Mask mask) {
    return atomic(AtomicOp.MAX, value, mask);
  }

  /// Keeps the smaller of what is there and `value`.
  public Tile atomicMin(Tile value) {
    return atomic(AtomicOp.MIN, value);
  }

  /// Keeps, where the mask holds, the smaller of what is there and `value`.
  public Tile atomicMin(Tile value, Mask mask) {
    return atomic(AtomicOp.MIN, value, mask);
  }

  /// Writes `value`.
  public Tile atomicXchg(Tile value) {
    return atomic(AtomicOp.XCHG, value);
  }

  /// Writes `value` where the mask holds.
  public Tile atomicXchg(Tile value, Mask mask) {
    return atomic(AtomicOp.XCHG, value, mask);
  }

  /// Writes the number `value`.
  public Tile atomicXchg(long value) {
    return atomicXchg(number(value));
  }

  /// Writes `value` where the place equals `compare`.
  public Tile atomicCas(Tile compare, Tile value) {
    return new Tile(Accesses.atomic(AtomicOp.CAS, places, Optional.of(compare.made), value.made));
  }

  /// Writes the number `value` where the place equals the number `compare`.
  public Tile atomicCas(long compare, long value) {
    return atomicCas(number(compare), number(value));
  }

  private Tile number(long value) {
    Tracer trace = places.trace();
    Made made = trace.recording().literal(Operands.number(trace, "atomic", places.dtype(), value));
    return new Tile(made);
  }

  static Ptr of(Tracer trace, Tracer.Use use, DType dtype, List<Made> indices) {
    return new Ptr(new Places(trace, use, dtype, indices, Optional.empty()));
  }
}

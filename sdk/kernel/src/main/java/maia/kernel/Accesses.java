package maia.kernel;

import java.util.List;
import java.util.Optional;
import maia.base.Origin;
import maia.kernel.Tile.Made;
import maia.kernel.Tracer.Use;
import maia.kernel.ir.Mistake;
import maia.kernel.ir.Op;
import maia.kernel.ir.Op.AtomicOp;
import maia.kernel.ir.Term;
import maia.kernel.ir.Type;
import maia.npl.Program.Access;
import maia.numerics.DType;

/// Records reads and writes of arrays.
final class Accesses {
  private Accesses() {}

  /// Places in an array: one index per dimension, and where they count.
  record Places(Tracer trace, Use use, DType dtype, List<Made> indices, Optional<Made> mask) {
    Places {
      indices = List.copyOf(indices);
    }

    Places masked(Made where) {
      return new Places(trace, use, dtype, indices, Optional.of(where));
    }

    /// The joint shape, checked; notes that indices and mask are used.
    private List<Integer> shape(String what) {
      List<Integer> shape = Operands.joint(trace, what, indices, mask);
      indices.forEach(trace::use);
      mask.ifPresent(trace::use);
      return shape;
    }

    private List<Term> terms() {
      return indices.stream().map(i -> Operands.wide(i.term())).toList();
    }

    private Optional<Term> maskTerm() {
      return mask.map(Made::term);
    }
  }

  static void checkIndices(Tracer trace, Use use, int count) {
    trace.require(
        count == use.rank(),
        Mistake.WRONG_INDEX_COUNT,
        "array '%s' has rank %d but at(...) got %d %s",
        use.name(),
        use.rank(),
        count,
        count == 1 ? "index" : "indices");
  }

  static void checkBlock(Tracer trace, Use use, int... sizes) {
    trace.require(
        sizes.length >= 1 && sizes.length <= use.rank(),
        Mistake.WRONG_INDEX_COUNT,
        "block: array '%s' has rank %d but block(...) got %d sizes",
        use.name(),
        use.rank(),
        sizes.length);
    for (int size : sizes) {
      trace.checkPowerOfTwo("block", size);
    }
  }

  static void checkEnds(Tracer trace, Use use, int[] sizes, Tile[] ends) {
    trace.require(
        ends.length == sizes.length,
        Mistake.WRONG_INDEX_COUNT,
        "until: a window of '%s' has %d dimensions, got %d ends; give one for each",
        use.name(),
        sizes.length,
        ends.length);
  }

  static void checkMultiple(Tracer trace, Use use, Made start, int block) {
    trace.require(
        Operands.isMultiple(start.term(), block, trace.recording()),
        Mistake.NOT_WHOLE_BLOCKS,
        "block: the last start in '%s' must be a multiple of %d in every program; write it as"
            + " something times %d",
        use.name(),
        block,
        block);
  }

  static Made load(Places places, double other) {
    Tracer trace = places.trace();
    trace.require(
        places.use().access() != Access.OUT,
        Mistake.NOT_READABLE,
        "load: array '%s' is declared with k.out(...); use k.in(...) or k.inOut(...)",
        places.use().name());
    List<Integer> shape = places.shape("load");
    Origin.Frame frame = trace.here();
    Made made = trace.recording().define(new Type(places.dtype(), shape), frame);
    trace
        .recording()
        .add(
            new Op.Load(
                made.value(),
                places.use().name(),
                places.terms(),
                places.maskTerm(),
                (float) other,
                trace.origin(frame)));
    return trace.recording().result("load", made);
  }

  static void store(Places places, Made value) {
    Tracer trace = places.trace();
    trace.require(
        places.use().access() != Access.IN,
        Mistake.NOT_WRITABLE,
        "store: array '%s' is declared with k.in(...), use k.out(...)",
        places.use().name());
    Term whole = whole("store", places, value);
    trace
        .recording()
        .add(
            new Op.Store(
                places.use().name(),
                places.terms(),
                whole,
                places.maskTerm(),
                trace.origin(trace.here())));
  }

  /// `value` in the shape of the places.
  private static Term whole(String what, Places places, Made value) {
    Tracer trace = places.trace();
    DType dtype = places.dtype();
    if (value.value().type().dtype() != dtype) {
      throw trace
          .recording()
          .about(
              Mistake.WRONG_VALUE_TYPE,
              value,
              "%s: array '%s' holds %s, the value is %s made at line %d; convert it with .to(%s)"
                  .formatted(
                      what,
                      places.use().name(),
                      dtype.label(),
                      value.value().type(),
                      value.line(),
                      dtype.name()));
    }
    List<Integer> shape = places.shape(what);
    Operands.checkStretch(trace, what, trace.use(value), shape);
    return value.value().type().shape().equals(shape)
        ? value.term()
        : new Term.Broadcast(shape, value.term());
  }

  /// A read-modify-write; gives what was there before.
  static Made atomic(AtomicOp op, Places places, Optional<Made> compare, Made value) {
    Tracer trace = places.trace();
    String what = "atomic " + Tracer.lower(op);
    trace.require(
        places.use().access() != Access.IN,
        Mistake.NOT_WRITABLE,
        "%s: array '%s' is declared with k.in(...), use k.inOut(...)",
        what,
        places.use().name());
    checkAtomic(what, op, places);
    Term whole = whole(what, places, value);
    Optional<Term> expected = compare.map(c -> whole(what, places, c));
    trace.readAndWrite(places.use().name());
    List<Integer> shape = places.shape(what);
    Origin.Frame frame = trace.here();
    Made old = trace.recording().define(new Type(places.dtype(), shape), frame);
    trace
        .recording()
        .add(
            new Op.Atomic(
                Optional.of(old.value()),
                op,
                places.use().name(),
                places.terms(),
                whole,
                expected,
                places.maskTerm(),
                trace.origin(frame)));
    return old;
  }

  private static void checkAtomic(String what, AtomicOp op, Places places) {
    DType dtype = places.dtype();
    boolean fits =
        switch (op) {
          case ADD, MIN, MAX ->
              dtype == DType.F32
                  || dtype == DType.F16
                  || dtype == DType.BF16
                  || dtype == DType.I32
                  || dtype == DType.I64;
          case AND, OR, XOR -> dtype == DType.I32 || dtype == DType.I64;
          case XCHG, CAS -> dtype.bits() >= 16;
        };
    places
        .trace()
        .require(
            fits,
            Mistake.NOT_ATOMIC,
            "%s: array '%s' holds %s; %s",
            what,
            places.use().name(),
            dtype.label(),
            op == AtomicOp.AND || op == AtomicOp.OR || op == AtomicOp.XOR
                ? "bits change atomically in I32 and I64 only"
                : "places of 16 bits and more change atomically, numbers as F32, F16, BF16, I32 or I64");
  }
}

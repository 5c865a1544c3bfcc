package maia.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import maia.base.Origin;
import maia.npl.Instr;
import maia.npl.Lanes;
import maia.npl.NplException;
import maia.npl.NplException.Category;
import maia.npl.Program;
import maia.numerics.BlockCodec;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.MatMul;

/// Computes the values of an instruction when it is done, and checks what it reads and writes.
final class Effects {
  /// Arrays above this size have no shadow: 64 Mi elements.
  private static final long SHADOW_LIMIT = 1L << 26;

  /// The code of 1 in MXINT8.
  private static final float MXINT8_ONE = 64;

  private final Simulation sim;
  private final CopyEffects copies;
  private final IrregularEffects irregular;

  /// Gathers, scatters and atomics.
  final LookupEffects lookups;

  private final Shadow[] shadows;

  Effects(Simulation sim) {
    this.sim = sim;
    BoundArray[] arrays = sim.binding.arrays;
    shadows = new Shadow[arrays.length];
    for (int i = 0; i < arrays.length; i++) {
      boolean isWritten = arrays[i].param.access() != Program.Access.IN;
      if (sim.remembersWriters && isWritten && arrays[i].elements() <= SHADOW_LIMIT) {
        shadows[i] = new Shadow(arrays[i], sim.watched);
      }
    }
    copies = new CopyEffects(arrays, shadows);
    lookups = new LookupEffects(sim, shadows);
    irregular = new IrregularEffects(sim, lookups);
  }

  /// The checks that did not run because an array is too large for a shadow.
  List<String> uncheckedArrays() {
    var names = new ArrayList<String>();
    for (int i = 0; i < shadows.length; i++) {
      Program.ArrayParam param = sim.binding.arrays[i].param;
      if (sim.watched && shadows[i] == null && param.access() != Program.Access.IN) {
        names.add(
            "race between programs and coverage of '%s': above %d elements"
                .formatted(param.name(), SHADOW_LIMIT));
      }
    }
    return names;
  }

  private static int[] starts(Entry entry, Op.RegionRef r) {
    int[] start = new int[r.extent().length];
    for (int d = 0; d < start.length; d++) {
      start[d] = (int) entry.values[r.at() + 1 + d];
    }
    return start;
  }

  /// The box an operand names.
  static View view(Site site, Entry entry, Op.RegionRef r) {
    int[] start = starts(entry, r);
    Slot slot = Homes.site(entry, r.home(), site).slot(r.buffer(), entry.values[r.at()]);
    return new View(slot, start, entry.extent(r), r.extent(), r.isTransposed());
  }

  static View read(QueueState queue, Entry entry, Op.RegionRef r) {
    View v = view(queue.site, entry, r);
    if (v.slot.watch != null && v.elements() > 0) {
      v.slot.watch.read(v, queue, entry);
    }
    return v;
  }

  static View write(QueueState queue, Entry entry, Op.RegionRef r, boolean isUpdate) {
    return written(view(queue.site, entry, r), queue, entry, isUpdate);
  }

  private static View written(View v, QueueState queue, Entry entry, boolean isUpdate) {
    if (v.slot.watch != null && v.elements() > 0) {
      v.slot.watch.write(v, queue, entry, isUpdate);
    }
    return v;
  }

  /// The boxes a copy writes: one, or one on each of several tiles.
  private static List<View> targets(QueueState queue, Entry entry, Op.RegionRef r) {
    return Homes.sites(entry, r.home(), queue.site).stream()
        .map(site -> {
          int[] start = starts(entry, r);
          Slot slot = site.slot(r.buffer(), entry.values[r.at()]);
          View v = new View(slot, start, entry.extent(r), r.extent(), r.isTransposed());
          return written(v, queue, entry, false);
        })
        .toList();
  }

  void apply(QueueState queue, Entry entry) {
    switch (entry.op) {
      case Op.Load op ->
          targets(queue, entry, op.to()).forEach(to -> copies.load(queue, entry, op, to));
      case Op.Store op -> copies.store(queue, entry, op, read(queue, entry, op.from()));
      case Op.Move op -> {
        View from = read(queue, entry, op.from());
        targets(queue, entry, op.to()).forEach(to -> CopyEffects.move(from, to));
      }
      case Op.Product op -> product(queue, entry, op);
      case Op.Map op -> {
        op.inputs().forEach(r -> read(queue, entry, r));
        op.picks().forEach(r -> read(queue, entry, r));
        View out = write(queue, entry, op.out(), isInPlace(queue, entry, op));
        var eval = new LaneEval(queue, entry, out.extent);
        if (isConverted(op.value(), out)) {
          out.put(eval.floats(op.value()));
        } else if (op.value().kind() == Lanes.Kind.FLOAT) {
          put(out, eval.floats(op.value()), sim.findings, entry);
        } else {
          put(out, eval.longs(op.value()), entry);
        }
      }
      case Op.Reduce op -> reduce(queue, entry, op);
      case Op.Quantize op -> quantize(queue, entry, op);
      case Op.Irregular op -> irregular.apply(queue, entry, op);
      case Op.Sync _, Op.Fetch _ ->
          throw new IllegalStateException("bug in Effects: got " + entry.op);
    }
  }

  /// Whether a value has been rounded to the type of its slot by rules of its own.
  private static boolean isConverted(LaneNode value, View out) {
    return value instanceof LaneNode.Cast cast
        && !cast.rules().isPlain()
        && cast.type() == out.slot.type
        && cast.kind() == Lanes.Kind.FLOAT;
  }

  /// Whether a map reads the slot that it writes.
  private static boolean isInPlace(QueueState queue, Entry entry, Op.Map op) {
    Slot out = queue.site.slot(op.out().buffer(), entry.values[op.out().at()]);
    return op.inputs().stream()
        .anyMatch(r -> queue.site.slot(r.buffer(), entry.values[r.at()]) == out);
  }

  static void put(View out, float[] values, Findings findings, Entry entry) {
    if (out.slot.type != DType.F32) {
      findings.conversion(entry.op.info(), out.slot.type, values, values.length);
      Codec.of(out.slot.type).round(values, 0, values.length);
    }
    out.put(values);
  }

  static void put(View out, long[] values, Entry entry) {
    DType type = out.slot.type;
    for (long value : values) {
      if (Integers.saturate(type, value) != value) {
        throw new NplException(
            Category.TYPE,
            "%s: %d does not fit %s of %s; cast it"
                .formatted(entry.op.info().label(), value, type.label(), out.slot.name()),
            entry.op.info().origin());
      }
    }
    out.put(values);
  }

  // ---- tensor unit

  private void product(QueueState queue, Entry entry, Op.Product op) {
    int m = entry.box[0];
    int n = entry.box[1];
    int k = entry.box[2];
    if (k == 0 || m == 0 || n == 0) {
      if (entry.values[op.clear()] != 0) {
        View acc = write(queue, entry, op.acc(), false);
        if (acc.slot.type == DType.I32) {
          acc.put(new long[acc.elements()]);
        } else {
          acc.put(new float[acc.elements()]);
        }
      }
      return;
    }
    boolean isScaled = op.aScale() != null && op.bScale() != null;
    Matrix a = Matrix.of(read(queue, entry, op.a()), isScaled);
    Matrix b = Matrix.of(read(queue, entry, op.b()), isScaled);
    if (op.aScale() != null && op.bScale() != null) {
      int across = Math.ceilDiv(k, op.block());
      a = a.scaled(read(queue, entry, op.aScale()).floats(), across, op.block(), 1);
      float[] scales = read(queue, entry, op.bScale()).floats();
      b = b.scaled(scales, n, 1, op.block());
    }
    boolean clears = entry.values[op.clear()] != 0;
    if (!clears) {
      read(queue, entry, op.acc());
    }
    View acc = write(queue, entry, op.acc(), !clears);
    if (acc.slot.type == DType.I32) {
      integers(entry, a, b, acc, clears);
      return;
    }
    if (clears) {
      acc.rows((storage, row) -> Arrays.fill(acc.slot.floats, storage, storage + n, 0f));
    }
    MatMul.multiplyAdd(
        m,
        n,
        k,
        a.values(),
        a.at(),
        a.row(),
        a.column(),
        b.values(),
        b.at(),
        b.row(),
        b.column(),
        acc.slot.floats,
        acc.offset,
        acc.stride[acc.rank() - 2]);
  }

  /// Exact sums; one that leaves 32 bits is refused.
  private static void integers(Entry entry, Matrix a, Matrix b, View acc, boolean clears) {
    int m = entry.box[0];
    int n = entry.box[1];
    long[] sums = clears ? new long[m * n] : acc.longs();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        long sum = sums[i * n + j];
        for (int k = 0; k < entry.box[2]; k++) {
          float x = a.values()[a.at() + i * a.row() + k * a.column()];
          sum += (long) (x * b.values()[b.at() + k * b.row() + j * b.column()]);
        }
        sums[i * n + j] = sum;
      }
    }
    put(acc, sums, entry);
  }

  /// A matrix operand: where its elements lie.
  private record Matrix(float[] values, int at, int row, int column, int rows, int columns) {
    /// @param isBlocked whether integers are elements of MXINT8, which count 64ths
    static Matrix of(View v, boolean isBlocked) {
      int rank = v.rank();
      int rows = v.extent[rank - 2];
      int columns = v.extent[rank - 1];
      if (v.slot.floats.length == 0) {
        long[] integers = v.longs();
        float[] values = new float[integers.length];
        for (int i = 0; i < values.length; i++) {
          values[i] = isBlocked ? integers[i] / MXINT8_ONE : integers[i];
        }
        return new Matrix(values, 0, columns, 1, rows, columns);
      }
      return new Matrix(
          v.slot.floats, v.offset, v.stride[rank - 2], v.stride[rank - 1], rows, columns);
    }

    /// Every element times its scale; one scale per `tall` x `wide` block, `across` in a row.
    Matrix scaled(float[] scales, int across, int wide, int tall) {
      float[] out = new float[rows * columns];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          out[i * columns + j] =
              values[at + i * row + j * column] * scales[i / tall * across + j / wide];
        }
      }
      return new Matrix(out, 0, columns, 1, rows, columns);
    }
  }

  // ---- vector processor

  private void reduce(QueueState queue, Entry entry, Op.Reduce op) {
    op.inputs().forEach(r -> read(queue, entry, r));
    op.picks().forEach(r -> read(queue, entry, r));
    View out = write(queue, entry, op.out(), false);
    int[] box = entry.box;
    var eval = new LaneEval(queue, entry, box);
    int length = box[op.axis()];
    int inner = 1;
    for (int d = op.axis() + 1; d < box.length; d++) {
      inner *= box[d];
    }
    int results = out.elements();
    if (length == 0) {
      empty(op.op(), out);
      return;
    }
    if (op.value().kind() == Lanes.Kind.FLOAT) {
      float[] in = eval.floats(op.value());
      float[] values = new float[results];
      for (int i = 0; i < results; i++) {
        int at = i / inner * inner * length + i % inner;
        values[i] = reduce(op.op(), in, at, length, inner);
      }
      put(out, values, sim.findings, entry);
    } else {
      long[] in = eval.longs(op.value());
      long[] values = new long[results];
      for (int i = 0; i < results; i++) {
        int at = i / inner * inner * length + i % inner;
        values[i] = reduce(op.op(), in, at, length, inner);
      }
      put(out, values, entry);
    }
  }

  /// What a reduction of no elements gives: the neutral element of the operation.
  private static void empty(Instr.ReduceOp op, View out) {
    float[] floats = new float[out.elements()];
    long[] longs = new long[out.elements()];
    DType type = out.slot.type;
    switch (op) {
      case SUM -> {}
      case MAX -> {
        Arrays.fill(floats, Float.NEGATIVE_INFINITY);
        Arrays.fill(longs, Integers.saturate(type, Long.MIN_VALUE));
      }
      case MIN -> {
        Arrays.fill(floats, Float.POSITIVE_INFINITY);
        Arrays.fill(longs, Integers.saturate(type, Long.MAX_VALUE));
      }
    }
    if (Lanes.Kind.of(type) == Lanes.Kind.FLOAT) {
      Codec.of(type).round(floats, 0, floats.length);
      out.put(floats);
    } else {
      out.put(longs);
    }
  }

  private static float reduce(Instr.ReduceOp op, float[] x, int at, int count, int stride) {
    return switch (op) {
      case SUM -> maia.numerics.Reduce.sum(x, at, count, stride);
      case MAX -> maia.numerics.Reduce.max(x, at, count, stride);
      case MIN -> maia.numerics.Reduce.min(x, at, count, stride);
    };
  }

  private static long reduce(Instr.ReduceOp op, long[] x, int at, int count, int stride) {
    long result = x[at];
    for (int i = 1; i < count; i++) {
      long next = x[at + i * stride];
      result =
          switch (op) {
            case SUM -> Math.addExact(result, next);
            case MAX -> Math.max(result, next);
            case MIN -> Math.min(result, next);
          };
    }
    return result;
  }

  private void quantize(QueueState queue, Entry entry, Op.Quantize op) {
    View in = read(queue, entry, op.in());
    if (in.elements() == 0) {
      return;
    }
    float[] rows = in.floats();
    int length = in.rowLength();
    int blocks = Math.ceilDiv(length, op.format().block());
    int count = rows.length / length;
    float[] elements = new float[rows.length];
    float[] scales = new float[count * blocks];
    for (int r = 0; r < count; r++) {
      BlockCodec.quantize(
          op.format(),
          op.rule(),
          rows,
          r * length,
          length,
          1f,
          elements,
          r * length,
          scales,
          r * blocks);
    }
    lost(entry, op, rows, scales, length);
    View out = write(queue, entry, op.elements(), false);
    if (op.format().element().isInteger()) {
      long[] codes = new long[elements.length];
      for (int i = 0; i < codes.length; i++) {
        codes[i] = (long) (elements[i] * MXINT8_ONE);
      }
      out.put(codes);
    } else {
      out.put(elements);
    }
    write(queue, entry, op.scales(), false).put(scales);
  }

  /// Counts what quantising loses: elements beyond the largest of their block, and blocks without a
  /// scale.
  private void lost(Entry entry, Op.Quantize op, float[] rows, float[] scales, int length) {
    if (!sim.watched) {
      return;
    }
    DType type = op.format().element();
    float largest = type.isInteger() ? 127 / MXINT8_ONE : Ranges.largest(type);
    int blocks = Math.ceilDiv(length, op.format().block());
    long saturated = 0;
    long created = 0;
    long passed = 0;
    for (int i = 0; i < rows.length; i++) {
      float scale = scales[i / length * blocks + i % length / op.format().block()];
      float x = rows[i];
      passed += x != x ? 1 : 0;
      created += x == x && scale != scale ? 1 : 0;
      saturated += Math.abs(x) > largest * scale ? 1 : 0;
    }
    sim.findings.add(entry.op.info(), type, rows.length, saturated, created, passed);
  }

  // ---- the end

  Origin writerOf(int array, int element) {
    return shadows[array] == null ? Origin.NONE : shadows[array].writerOf(element);
  }

  void verifyCoverage() {
    for (int i = 0; i < shadows.length; i++) {
      if (shadows[i] != null) {
        String name = shadows[i].name();
        shadows[i].verifyCoverage(StoreSearch.find(sim.binding.program, name));
      }
    }
  }
}

package maia.npl;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maia.base.Stop;
import maia.machine.Machine;
import maia.numerics.DType;

/// Walks the queues of a program for every tile. A loop whose body's control does not depend on its
/// variable is counted once and multiplied.
final class Estimator {
  /// Operations per element of a block quantisation.
  private static final int QUANTIZE_FLOPS = 5;

  /// Work of one queue of one tile.
  private static final class Work {
    long read;
    long written;
    long tensorFlops;
    long tensorCycles;
    long vectorFlops;
    long vectorCycles;
    long instructions;
    long tileCopies;

    void add(Work other, long times) {
      read += other.read * times;
      written += other.written * times;
      tensorFlops += other.tensorFlops * times;
      tensorCycles += other.tensorCycles * times;
      vectorFlops += other.vectorFlops * times;
      vectorCycles += other.vectorCycles * times;
      instructions += other.instructions * times;
      tileCopies += other.tileCopies * times;
    }
  }

  private final Program program;
  private final Machine machine;
  private final Estimate.Sizes sizes;
  private final Map<String, DType> types = new HashMap<>();
  private Map<String, Long> registers = new HashMap<>();
  private boolean onVectors;
  private boolean onTileDma;

  Estimator(Program program, Machine machine, Estimate.Sizes sizes) {
    this.program = program;
    this.machine = machine;
    this.sizes = sizes;
    program.buffers().forEach(b -> types.put(b.name(), b.type()));
    program.arrays().forEach(a -> types.put(a.name(), a.type()));
  }

  Estimate estimate() {
    int tiles = program.placement() == Program.Placement.ONE_TILE ? 1 : machine.tiles();
    var all = new Work();
    var slowest = new Work();
    for (int tile = 0; tile < tiles; tile++) {
      var own = new Work();
      for (Program.Queue q : program.queues()) {
        if (q.engine() != Engine.CLUSTER_DMA || tile % machine.tilesPerCluster() == 0) {
          registers = builtins(tile, tiles);
          onVectors = q.engine() == Engine.TVP;
          onTileDma = q.engine() == Engine.TILE_DMA;
          own.add(block(q.body()), 1);
        }
      }
      all.add(own, 1);
      slowest.tensorCycles = Math.max(slowest.tensorCycles, own.tensorCycles);
      slowest.vectorCycles = Math.max(slowest.vectorCycles, own.vectorCycles);
      slowest.instructions = Math.max(slowest.instructions, own.instructions);
      slowest.tileCopies = Math.max(slowest.tileCopies, own.tileCopies);
    }
    return result(all, slowest);
  }

  private Estimate result(Work all, Work slowest) {
    double bytes = all.read + all.written;
    long[] times = {
      Math.round(bytes / machine.hbm().streamBytesPerSecond() * 1e12),
      machine.picoseconds(slowest.tensorCycles),
      machine.picoseconds(slowest.vectorCycles),
      machine.picoseconds(slowest.instructions * machine.control().issueCycles()),
    };
    List<String> names = List.of("hbm", "tensor", "vector", "control");
    int longest = 0;
    for (int i = 1; i < times.length; i++) {
      longest = times[i] > times[longest] ? i : longest;
    }
    return new Estimate(
        all.read,
        all.written,
        all.tensorFlops,
        all.vectorFlops,
        all.instructions,
        slowest.tileCopies,
        Capacity.tileBytes(program),
        Capacity.clusterBytes(program),
        times[longest],
        names.get(longest));
  }

  private Map<String, Long> builtins(int tile, int tiles) {
    var map = new HashMap<String, Long>();
    map.put(Builtin.TILE, (long) tile);
    map.put(Builtin.TILES, (long) tiles);
    map.put(Builtin.LANE, (long) tile % machine.tilesPerCluster());
    map.put(Builtin.LANES, (long) Math.min(tiles, machine.tilesPerCluster()));
    map.put(Builtin.CLUSTER, (long) tile / machine.tilesPerCluster());
    long programs = 1;
    for (int d = 0; d < 3; d++) {
      long size = d < sizes.grid().size() ? sizes.grid().get(d) : 1;
      map.put(Builtin.grid(d), size);
      programs *= size;
    }
    map.put(Builtin.PROGRAMS, programs);
    return map;
  }

  private long value(Expr expr) {
    return Exprs.evaluate(
        expr,
        leaf ->
            switch (leaf) {
              case Expr.Reg(var name) -> registers.getOrDefault(name, 0L);
              case Expr.Size(var array, int dim) -> size(array, dim);
              case Expr.Scalar(var name) -> scalar(name);
              case Expr.Const(long v) -> v;
              case Expr.Binary _ ->
                  throw new IllegalStateException("bug in Estimator: an operation as a leaf");
            });
  }

  private long size(String array, int dim) {
    for (int i = 0; i < program.arrays().size(); i++) {
      if (program.arrays().get(i).name().equals(array)) {
        return sizes.shapes().get(i).get(dim);
      }
    }
    throw new IllegalStateException("bug in Estimator: no array '" + array + "'");
  }

  private long scalar(String name) {
    for (int i = 0; i < program.scalars().size(); i++) {
      if (program.scalars().get(i).name().equals(name)) {
        return sizes.scalars().get(i);
      }
    }
    throw new IllegalStateException("bug in Estimator: no scalar '" + name + "'");
  }

  // ---- instructions

  private Work block(List<Instr> body) {
    var work = new Work();
    for (Instr instr : body) {
      switch (instr) {
        case Instr.Wait _, Instr.Signal _ -> {}
        case Instr.Set s -> registers.put(s.register(), value(s.value()));
        case Instr.When w ->
            work.add(block(value(w.condition()) != 0 ? w.then() : w.otherwise()), 1);
        case Instr.Repeat r -> repeat(r, work);
        case Instr.Copy c -> copy(c, work);
        case Instr.Mma m -> {
          if (onVectors) {
            vectorProduct(m, work);
          } else {
            product(m.acc(), m.a(), m.b(), work);
          }
        }
        case Instr.MmaScaled m -> product(m.acc(), m.a(), m.b(), work);
        case Instr.Map m ->
            vector(elements(box(m.out())), m.value(), 0, bits(m.value(), m.out()), work);
        case Instr.Reduce r ->
            vector(elements(box(r)), r.value(), 1, bits(r.value(), r.out()), work);
        case Instr.Quantize q -> vector(elements(box(q.in())), QUANTIZE_FLOPS, 32, work);
        case Instr.Load l -> {
          work.instructions++;
          registers.put(l.register(), 0L);
        }
        case Instr.While w -> work.add(block(w.condition()), 1);
        case Instr.Irregular i -> irregular(i, work);
      }
    }
    return work;
  }

  private void repeat(Instr.Repeat r, Work work) {
    long from = value(r.from());
    long to = value(r.to());
    long step = value(r.step());
    if (step == 0 || (step > 0 ? from >= to : from <= to)) {
      return;
    }
    Long outer = registers.get(r.variable());
    if (isUniform(r)) {
      registers.put(r.variable(), from);
      work.add(block(r.body()), Math.ceilDiv(to - from, step));
    } else {
      for (long i = from; step > 0 ? i < to : i > to; i += step) {
        Stop.poll("estimate");
        registers.put(r.variable(), i);
        work.add(block(r.body()), 1);
      }
    }
    if (outer == null) {
      registers.remove(r.variable());
    } else {
      registers.put(r.variable(), outer);
    }
  }

  /// Whether every pass of a loop does the same work.
  private static boolean isUniform(Instr.Repeat r) {
    Set<String> varying = new HashSet<>();
    varying.add(r.variable());
    Registers.collect(r.body(), varying);
    return isUniform(r.body(), varying);
  }

  private static boolean isUniform(List<Instr> body, Set<String> varying) {
    return body.stream()
        .allMatch(instr ->
            switch (instr) {
              case Instr.Repeat r ->
                  isFixed(r.from(), varying)
                      && isFixed(r.to(), varying)
                      && isFixed(r.step(), varying)
                      && isUniform(r.body(), varying);
              case Instr.When w ->
                  isFixed(w.condition(), varying)
                      && isUniform(w.then(), varying)
                      && isUniform(w.otherwise(), varying);
              case Instr.While w -> isUniform(w.condition(), varying);
              case Instr.Load _, Instr.Irregular _ -> true;
              case Instr.Wait _, Instr.Signal _, Instr.Set _ -> true;
              case Instr.Copy c -> isFixed(c.from(), varying) && isFixed(c.to(), varying);
              case Instr.Mma m -> isFixed(m.acc(), varying) && isFixed(m.a(), varying);
              case Instr.MmaScaled m -> isFixed(m.acc(), varying) && isFixed(m.a(), varying);
              case Instr.Map m -> isFixed(m.out(), varying);
              case Instr.Reduce r ->
                  isFixed(r.out(), varying)
                      && Boxes.inputs(r.value()).stream().allMatch(in -> isFixed(in, varying));
              case Instr.Quantize q -> isFixed(q.in(), varying);
            });
  }

  private static boolean isFixed(Place place, Set<String> varying) {
    return switch (place) {
      case Place.Window _ -> true; // counted whole
      case Place.Region r ->
          r.limits().stream().allMatch(limit -> limit.isEmpty() || isFixed(limit.get(), varying));
    };
  }

  private static boolean isFixed(Expr expr, Set<String> varying) {
    return switch (expr) {
      case Expr.Const _, Expr.Size _, Expr.Scalar _ -> true;
      case Expr.Reg(var name) -> !varying.contains(name);
      case Expr.Binary(_, var left, var right) -> isFixed(left, varying) && isFixed(right, varying);
    };
  }

  private void copy(Instr.Copy c, Work work) {
    work.instructions++;
    work.tileCopies += onTileDma ? 1 : 0;
    if (c.from() instanceof Place.Window w && c.to() instanceof Place.Region r) {
      work.read += bytes(w, r);
    }
    if (c.to() instanceof Place.Window w && c.from() instanceof Place.Region r) {
      work.written += bytes(w, r);
    }
  }

  private long bytes(Place.Window w, Place.Region r) {
    List<Integer> box = shape(r);
    return type(w.array())
        .bytes(
            elements(w.axes().stream().map(a -> a.along() < 0 ? 1 : box.get(a.along())).toList()));
  }

  /// The sizes of the box as stored that an instruction touches.
  private List<Integer> box(Place.Region r) {
    return Boxes.effective(r, this::value);
  }

  /// The sizes of the box that an instruction sees.
  private List<Integer> shape(Place.Region r) {
    return Boxes.seen(r, box(r));
  }

  private List<Integer> box(Instr.Reduce r) {
    List<Integer> box = new java.util.ArrayList<>(r.extent());
    for (Place.Region in : Boxes.inputs(r.value())) {
      Boxes.narrow(box, r.extent(), in.shape(), shape(in));
    }
    return box;
  }

  private DType type(String name) {
    return java.util.Objects.requireNonNull(types.get(name));
  }

  private static long elements(List<Integer> extent) {
    long count = 1;
    for (int size : extent) {
      count *= size;
    }
    return count;
  }

  private void product(Place.Region acc, Place.Region a, Place.Region b, Work work) {
    int m = fromLast(shape(acc), 2);
    int n = fromLast(shape(acc), 1);
    int k = fromLast(shape(a), 1);
    var ttu = machine.ttu();
    int depth = ttu.depth(type(a.buffer()), type(b.buffer())).orElseThrow();
    work.instructions++;
    work.tensorFlops += 2L * m * n * k;
    work.tensorCycles +=
        (long) Math.ceilDiv(m, ttu.rows())
            * Math.ceilDiv(n, ttu.columns())
            * Math.ceilDiv(k, depth);
  }

  private static int fromLast(List<Integer> shape, int back) {
    return shape.get(shape.size() - back);
  }

  private int flops(Lane lane) {
    return Lanes.flops(lane, machine.tvp());
  }

  private int bits(Lane lane, Place.Region out) {
    return Math.max(Lanes.widestBits(lane, this::type), type(out.buffer()).bits());
  }

  private void vectorProduct(Instr.Mma m, Work work) {
    int rows = fromLast(m.acc().shape(), 2);
    int columns = fromLast(m.acc().shape(), 1);
    int k = fromLast(m.a().shape(), 1);
    work.instructions++;
    work.vectorFlops += 2L * rows * columns * k;
    work.vectorCycles += VectorTime.product(machine.tvp(), rows, columns, k);
  }

  /// What an irregular instruction does at least: its addresses are data.
  private void irregular(Instr.Irregular i, Work work) {
    switch (i) {
      case Instr.Fold f -> fold(f, work);
      case Instr.Sort s -> {
        long elements = elements(s.extent());
        int length = s.extent().get(s.axis());
        int bits = bits(s.value(), s.out());
        vector(elements, s.value(), 0, bits, work);
        work.vectorCycles += VectorTime.sort(machine.tvp(), elements / length, length, bits);
      }
      case Instr.Histogram h -> {
        long elements = elements(h.extent());
        vector(elements, h.value(), 0, Integer.SIZE, work);
        work.vectorCycles +=
            VectorTime.histogram(machine.tvp(), elements, elements(h.out().extent()));
      }
      case Instr.Gather g -> work.read += bytes(g.from(), g.to());
      case Instr.Scatter s -> work.written += bytes(s.to(), s.from());
      case Instr.Atomic a -> {
        work.read += bytes(a.target(), a.value());
        work.written += bytes(a.target(), a.value());
      }
      case Instr.Print _, Instr.Assert _, Instr.Assume _ -> {}
    }
    work.instructions += i.lookup().isPresent() ? 1 : 0;
  }

  private void fold(Instr.Fold f, Work work) {
    long elements = elements(f.extent());
    int flops = 0;
    int bits = 0;
    long picks = 0;
    for (Lane value : f.values()) {
      flops += flops(value);
      bits = Math.max(bits, Lanes.widestBits(value, this::type));
      picks += picks(value, elements);
    }
    vector(elements, flops, bits, work);
    int combined = f.combine().stream().mapToInt(this::flops).sum();
    long length = f.extent().get(f.axis());
    work.vectorFlops += elements * combined;
    work.vectorCycles +=
        picks + VectorTime.fold(machine.tvp(), elements / length, length, combined, bits);
  }

  /// Bytes that must move; none for certain where a mask decides.
  private long bytes(Lookup l, Place.Region box) {
    return l.mask().isPresent() ? 0 : type(l.array()).bytes(elements(box.extent()));
  }

  private long picks(Lane lane, long elements) {
    return VectorTime.picks(machine.tvp(), Lanes.picked(lane, this::type), elements);
  }

  private void vector(long elements, Lane value, int more, int bits, Work work) {
    vector(elements, flops(value) + more, bits, work);
    work.vectorCycles += picks(value, elements);
  }

  private void vector(long elements, int flops, int bits, Work work) {
    work.instructions++;
    work.vectorFlops += elements * flops;
    work.vectorCycles += elements == 0 ? 0 : machine.tvp().cycles(elements, flops, bits);
  }
}

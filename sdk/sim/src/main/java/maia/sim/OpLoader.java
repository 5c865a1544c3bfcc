package maia.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import maia.npl.Expr;
import maia.npl.Home;
import maia.npl.Instr;
import maia.npl.Lane;
import maia.npl.Lanes;
import maia.npl.Place;
import maia.npl.SemaphoreRef;
import maia.numerics.DType;

/// Binds one instruction; operand 0 is the program's number.
final class OpLoader {
  /// The operand that holds the number of the program an instruction belongs to.
  static final int PROGRAM = 0;

  private final Binding binding;
  private final Instr instr;
  private final List<IntFunction> operands;
  private final Function<Expr, IntFunction> expr;
  private final List<Op.RegionRef> inputs = new ArrayList<>();
  private final List<Op.RegionRef> picks = new ArrayList<>();
  private final List<Integer> limits = new ArrayList<>();
  private int regions;

  /// The register that a load writes.
  private final int target;

  /// How many parameters each side of a combiner has.
  int parameters;

  OpLoader(
      Binding binding,
      Instr instr,
      List<IntFunction> operands,
      Function<Expr, IntFunction> expr,
      int target) {
    this.target = target;
    this.binding = binding;
    this.instr = instr;
    this.operands = operands;
    this.expr = expr;
  }

  Op load() {
    return switch (instr) {
      case Instr.Wait w -> sync(true, w.semaphore(), w.count());
      case Instr.Signal s -> sync(false, s.semaphore(), s.count());
      case Instr.Copy c -> copy(c);
      case Instr.Mma m -> product(m.acc(), m.a(), m.b(), List.of(), 0, m.clear());
      case Instr.MmaScaled m ->
          product(m.acc(), m.a(), m.b(), List.of(m.aScale(), m.bScale()), m.block(), m.clear());
      case Instr.Map m -> map(m);
      case Instr.Reduce r -> reduce(r);
      case Instr.Quantize q -> {
        var elements = region(q.elements());
        var scales = region(q.scales());
        var in = region(q.in());
        String label = "quantize " + sizes(q.in().shape()) + " " + q.format().label();
        yield new Op.Quantize(info(label), elements, scales, in, q.format(), q.rule());
      }
      case Instr.Load l -> {
        var from = region(l.from());
        yield new Op.Fetch(info("load %" + l.register() + " = " + l.from().buffer()), from, target);
      }
      case Instr.Irregular i -> new IrregularLoader(this, binding).load(i);
      case Instr.Set _, Instr.Repeat _, Instr.When _, Instr.While _ ->
          throw new IllegalStateException("bug in OpLoader: control instruction " + instr);
    };
  }

  Op.Info info(String label) {
    int[] limits = this.limits.stream().mapToInt(Integer::intValue).toArray();
    return new Op.Info(
        instr.origin(), label, operands.toArray(IntFunction[]::new), limits, regions);
  }

  int operand(Expr e) {
    operands.add(expr.apply(e));
    return operands.size() - 1;
  }

  private Op sync(boolean isWait, SemaphoreRef ref, int count) {
    operand(ref.index());
    Op.HomeRef home = home(ref.home());
    return new Op.Sync(info(ref.name()), isWait, binding.family(ref.name()), count, home);
  }

  private Op copy(Instr.Copy c) {
    return switch (c.from()) {
      case Place.Window from -> {
        var target = (Place.Region) c.to();
        var window = window(from);
        var region = region(target);
        yield new Op.Load(
            info("copy " + from.array() + " -> " + target.buffer()), window, region, c.fill());
      }
      case Place.Region from ->
          switch (c.to()) {
            case Place.Window to -> {
              var region = region(from);
              var window = window(to);
              yield new Op.Store(
                  info("copy " + from.buffer() + " -> " + to.array()), region, window);
            }
            case Place.Region to -> {
              var source = region(from);
              var target = region(to);
              yield new Op.Move(
                  info("copy " + from.buffer() + " -> " + to.buffer()), source, target);
            }
          };
    };
  }

  Op.RegionRef region(Place.Region r) {
    int at = operand(r.slot());
    r.start().forEach(this::operand);
    int[] extent = r.extent().stream().mapToInt(Integer::intValue).toArray();
    int[] limits = r.limits().stream().mapToInt(e -> e.map(this::operand).orElse(-1)).toArray();
    Arrays.stream(limits).filter(operand -> operand >= 0).forEach(this.limits::add);
    Op.HomeRef home = home(r.home());
    return new Op.RegionRef(
        binding.buffer(r.buffer()), at, extent, r.transposed(), limits, home, regions++);
  }

  private Op.HomeRef home(Home home) {
    return switch (home) {
      case Home.Own _ -> Op.HomeRef.OWN;
      case Home.At(var chip, var cluster, var lane) ->
          home(Op.HomeRef.Kind.AT, chip, cluster, lane);
      case Home.Lanes(var first, var count, var step) ->
          home(Op.HomeRef.Kind.LANES, first, count, step);
    };
  }

  private Op.HomeRef home(Op.HomeRef.Kind kind, Expr x, Expr y, Expr z) {
    int at = operand(x);
    operand(y);
    operand(z);
    return new Op.HomeRef(kind, at);
  }

  private Op.WindowRef window(Place.Window w) {
    int at = operands.size();
    w.axes().forEach(axis -> operand(axis.start()));
    var axes = new Op.AxisRef[w.axes().size()];
    for (int d = 0; d < axes.length; d++) {
      Place.Axis axis = w.axes().get(d);
      int low = axis.low().map(this::operand).orElse(-1);
      int high = axis.high().map(this::operand).orElse(-1);
      axes[d] = new Op.AxisRef(axis.extent(), axis.step(), low, high, axis.along());
    }
    return new Op.WindowRef(binding.array(w.array()), at, axes);
  }

  private Op product(
      Place.Region acc,
      Place.Region a,
      Place.Region b,
      List<Place.Region> scales,
      int block,
      Expr clear) {
    var accRef = region(acc);
    var aRef = region(a);
    var bRef = region(b);
    var aScale = scales.isEmpty() ? null : region(scales.get(0));
    var bScale = scales.isEmpty() ? null : region(scales.get(1));
    int clearAt = operand(clear);
    int m = fromLast(acc, 2);
    int n = fromLast(acc, 1);
    int k = fromLast(a, 1);
    DType left = binding.bufferType(a.buffer());
    DType right = binding.bufferType(b.buffer());
    String types = left == right ? left.label() : left.label() + " x " + right.label();
    String label = (block == 0 ? "mma " : "mma_scaled ") + m + "x" + n + "x" + k + " " + types;
    return new Op.Product(
        info(label), accRef, aRef, bRef, aScale, bScale, block, clearAt, m, n, k, left, right);
  }

  private static int fromLast(Place.Region r, int back) {
    List<Integer> shape = r.shape();
    return shape.get(shape.size() - back);
  }

  private Op map(Instr.Map m) {
    var out = region(m.out());
    LaneNode value = lane(m.value());
    int bits = Math.max(width(m.value()), binding.bufferType(m.out().buffer()).bits());
    return new Op.Map(
        info("map " + m.out().buffer() + " " + sizes(m.out().shape())),
        out,
        value,
        List.copyOf(inputs),
        flops(m.value()),
        bits,
        List.copyOf(picks));
  }

  private Op reduce(Instr.Reduce r) {
    var out = region(r.out());
    LaneNode value = lane(r.value());
    String op = r.op().name().toLowerCase(java.util.Locale.ROOT);
    return new Op.Reduce(
        info("reduce " + op + " " + sizes(r.extent()) + " -> " + r.out().buffer()),
        out,
        r.op(),
        value,
        List.copyOf(inputs),
        r.extent().stream().mapToInt(Integer::intValue).toArray(),
        r.axis(),
        flops(r.value()) + 1,
        Math.max(width(r.value()), binding.bufferType(r.out().buffer()).bits()),
        List.copyOf(picks));
  }

  /// The regions that the lane expressions bound so far read.
  List<Op.RegionRef> inputs() {
    var all = new ArrayList<>(inputs);
    all.addAll(picks);
    return all;
  }

  /// Those of them that are read by index.
  List<Op.RegionRef> picks() {
    return picks;
  }

  int flops(Lane value) {
    return Lanes.flops(value, binding.machine.tvp());
  }

  int width(Lane value) {
    return Lanes.widestBits(value, binding::bufferType);
  }

  static String sizes(List<Integer> shape) {
    return shape.stream().map(String::valueOf).collect(java.util.stream.Collectors.joining("x"));
  }

  LaneNode lane(Lane lane) {
    return switch (lane) {
      case Lane.In(var region) -> {
        var ref = region(region);
        inputs.add(ref);
        yield new LaneNode.In(ref, Lanes.Kind.of(binding.bufferType(region.buffer())));
      }
      case Lane.Const(float value) -> new LaneNode.Const(value);
      case Lane.Index(var value) -> new LaneNode.Index(operand(value));
      case Lane.Scalar(var name) -> new LaneNode.Const(binding.number(name));
      case Lane.Iota(int dim) -> new LaneNode.Iota(dim);
      case Lane.Unary(var op, var x) -> {
        LaneNode node = lane(x);
        yield new LaneNode.Unary(op, node, node.kind(), integerBits(x));
      }
      case Lane.Binary(var op, var x, var y) -> {
        LaneNode left = lane(x);
        LaneNode right = lane(y);
        yield new LaneNode.Binary(
            op,
            left,
            right,
            Lanes.kind(lane, binding::bufferType, instr.origin()),
            Math.max(integerBits(x), integerBits(y)));
      }
      case Lane.Fma(var x, var y, var z) -> {
        LaneNode a = lane(x);
        LaneNode b = lane(y);
        yield new LaneNode.Fma(a, b, lane(z));
      }
      case Lane.Select(var c, var x, var y) -> {
        LaneNode condition = lane(c);
        LaneNode a = lane(x);
        yield new LaneNode.Select(condition, a, lane(y));
      }
      case Lane.Cast c -> new LaneNode.Cast(c.type(), lane(c.x()), c);
      case Lane.Bitcast(var from, var to, var x) -> new LaneNode.Bitcast(from, to, lane(x));
      case Lane.Pick(var region, var index) -> {
        var ref = region(region);
        picks.add(ref);
        List<LaneNode> indices = index.stream().map(this::lane).toList();
        yield new LaneNode.Pick(ref, indices, Lanes.Kind.of(binding.bufferType(region.buffer())));
      }
      case Lane.Philox(var seed, var offset, int word) -> {
        LaneNode key = lane(seed);
        yield new LaneNode.Philox(key, lane(offset), word, integerBits(offset) == Long.SIZE);
      }
      case Lane.Param(var side, int index, var type) ->
          new LaneNode.Param(
              side == Lane.Side.LEFT ? index : index + parameters, Lanes.Kind.of(type));
    };
  }

  /// Width in which integer lanes overflow: 32 or 64 bits.
  private int integerBits(Lane lane) {
    return switch (lane) {
      case Lane.In(var region) -> binding.bufferType(region.buffer()) == DType.I64 ? 64 : 32;
      case Lane.Index _, Lane.Iota _ -> 64;
      case Lane.Const _, Lane.Scalar _ -> 32;
      case Lane.Unary(_, var x) -> integerBits(x);
      case Lane.Binary(_, var x, var y) -> Math.max(integerBits(x), integerBits(y));
      case Lane.Fma(var x, _, _) -> integerBits(x);
      case Lane.Select(_, var x, var y) -> Math.max(integerBits(x), integerBits(y));
      case Lane.Cast c -> c.type() == DType.I64 ? 64 : 32;
      case Lane.Bitcast(_, var to, _) -> to == DType.I64 ? 64 : 32;
      case Lane.Pick(var region, _) -> binding.bufferType(region.buffer()) == DType.I64 ? 64 : 32;
      case Lane.Philox _ -> 32;
      case Lane.Param(_, _, var type) -> type == DType.I64 ? 64 : 32;
    };
  }
}

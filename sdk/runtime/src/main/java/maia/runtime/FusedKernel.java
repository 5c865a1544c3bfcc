package maia.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import maia.graph.Step;
import maia.graph.Value;
import maia.kernel.ArrayArg;
import maia.kernel.BlockArrayArg;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.KernelLaunch;
import maia.kernel.Tile;
import maia.machine.Machine;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.tensor.Op;

/// The kernel of a fused step: made from its operations, one load per operand and one store per
/// result.
final class FusedKernel {
  private static final int BLOCK = 4096;
  private static final int HIGH_BLOCK = 16_384;
  private static final int LARGE_BLOCK = 32_768;
  private static final int NAMES = 4;

  private final Step.Fused step;
  private final FusedLayout layout;
  private final int height;
  private final int width;

  private FusedKernel(Step.Fused step, FusedLayout layout, int height, int width) {
    this.step = step;
    this.layout = layout;
    this.height = height;
    this.width = width;
  }

  /// The launch for operands laid out like this. Arguments: the operands, then the results, full
  /// ones with every size of the layout, those of rows without the last.
  static KernelLaunch over(Step.Fused step, FusedLayout layout, Machine machine) {
    List<Long> sizes = layout.sizes();
    int width = width(step, layout, machine);
    long rows = sizes.size() == 1 ? 1 : sizes.get(sizes.size() - 2);
    long stack =
        sizes.stream().limit(Math.max(0, sizes.size() - 2)).reduce(1L, Math::multiplyExact);
    int height = sizes.size() == 1 ? 1 : height(step, rows, stack, width, machine);
    Kernel kernel = Kernel.define(name(step), new FusedKernel(step, layout, height, width)::body);
    int blocks = Kernel.cdiv(sizes.getLast(), width);
    if (sizes.size() == 1) {
      return kernel.grid(blocks);
    }
    return kernel.grid(Kernel.cdiv(rows, height), Math.toIntExact(stack), blocks);
  }

  /// The longest row that a program of `machine` can hold while it computes `values` of its length.
  static long longestRow(Machine machine, int values) {
    return Long.highestOneBit(machine.tsram().bytes() / (2L * Float.BYTES * values));
  }

  private static int arrays(Step.Fused step) {
    return step.inputs().size() + step.outputs().size() + 1;
  }

  private static int width(Step.Fused step, FusedLayout layout, Machine machine) {
    long columns = layout.sizes().getLast();
    int most = Math.toIntExact(Math.min(LARGE_BLOCK, longestRow(machine, arrays(step))));
    int whole = Kernel.nextPow2(Math.min(columns, 1 << 20));
    if (step.space() == Step.Space.ROWS) {
      return Math.max(whole, smallest(step));
    }
    long all = layout.sizes().stream().reduce(1L, Math::multiplyExact);
    int wanted = all >= (long) LARGE_BLOCK * machine.tiles() ? LARGE_BLOCK : BLOCK;
    return Math.min(Math.min(most, wanted), layout.sizes().size() == 1 ? wanted : whole);
  }

  /// The longest block of the formats it writes.
  private static int smallest(Step.Fused step) {
    return step.outputs().stream()
        .mapToInt(v -> v.type() instanceof BlockFormat format ? format.block() : 1)
        .max()
        .orElse(1);
  }

  /// Rows of a program: enough to fill a block, and work for every tile.
  private static int height(Step.Fused step, long rows, long stack, int width, Machine machine) {
    long most = Math.min(longestRow(machine, arrays(step)), HIGH_BLOCK);
    int height = 1;
    while (2L * height * width <= most
        && height < rows
        && 2L * height * machine.tiles() <= rows * stack) {
      height *= 2;
    }
    return height;
  }

  private void body(KernelContext k) {
    List<ArrayArg> in = new ArrayList<>();
    for (Value value : step.inputs()) {
      int rank = layout.inputs().get(in.size()).array().shape().length;
      in.add(k.in("x" + in.size(), (DType) value.type(), rank));
    }
    List<Object> out = new ArrayList<>();
    for (Value value : step.outputs()) {
      int rank = layout.sizes().size() - (step.isOfRows(value) ? 1 : 0);
      out.add(
          switch (value.type()) {
            case DType type -> k.out("y" + out.size(), type, rank);
            case BlockFormat format -> k.out("y" + out.size(), format, rank);
          });
    }
    int columns = Math.toIntExact(layout.sizes().getLast());
    FusedPlaces places = new FusedPlaces(k, sizes(k, in, out), height, width);
    FusedBody body = new FusedBody(k, places, columns);
    for (int i = 0; i < in.size(); i++) {
      body.put(step.inputs().get(i), places.load(k, in.get(i), layout.inputs().get(i).has()));
    }
    for (Value number : step.numbers()) {
      body.put(number, k.full(DType.F32, number.scalar().orElseThrow()));
    }
    step.nodes().forEach(body::run);
    for (int i = 0; i < out.size(); i++) {
      store(k, places, body, step.outputs().get(i), out.get(i));
    }
  }

  private void store(
      KernelContext k, FusedPlaces places, FusedBody body, Value value, Object array) {
    if (array instanceof BlockArrayArg blocks) {
      places.storeBlocks(k, blocks, body.get(value));
    } else if (step.isOfRows(value)) {
      places.storeRows((ArrayArg) array, stored(body, value));
    } else {
      places.store((ArrayArg) array, stored(body, value));
    }
  }

  private static Tile stored(FusedBody body, Value value) {
    Tile tile = body.get(value);
    return value.type() == DType.BOOL ? tile : tile.to((DType) value.type());
  }

  /// The sizes, read from an array that has them all, so that one kernel serves other sizes too.
  private List<Tile> sizes(KernelContext k, List<ArrayArg> in, List<Object> out) {
    ArrayArg like = null;
    for (int i = 0; i < in.size(); i++) {
      like = layout.inputs().get(i).has().contains(false) ? like : in.get(i);
    }
    for (int i = 0; i < out.size(); i++) {
      boolean full = out.get(i) instanceof ArrayArg && !step.isOfRows(step.outputs().get(i));
      like = full ? (ArrayArg) out.get(i) : like;
    }
    List<Tile> sizes = new ArrayList<>();
    for (int d = 0; d < layout.sizes().size(); d++) {
      sizes.add(like == null ? k.scalar(layout.sizes().get(d)) : like.size(d));
    }
    return sizes;
  }

  /// `fused_add_gelu`, or with more operations than are worth naming `fused_add_gelu_mul_cast_5`.
  static String name(Step.Fused step) {
    return name("fused_", step.ops());
  }

  /// `first`, and the names of the operations or of some of them.
  static String name(String first, List<Op> ops) {
    List<String> names =
        ops.stream()
            .map(Op::name)
            .map(name -> name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT))
            .toList();
    return names.stream().limit(NAMES).collect(Collectors.joining("_", first, ""))
        + (names.size() > NAMES ? "_" + names.size() : "");
  }
}

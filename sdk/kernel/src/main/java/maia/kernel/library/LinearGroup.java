package maia.kernel.library;

import static maia.numerics.DType.F32;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import maia.base.Check;
import maia.kernel.ArrayArg;
import maia.kernel.BlockArrayArg;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.KernelLaunch;
import maia.kernel.Tile;
import maia.kernel.Var;
import maia.kernel.ir.Mapping;
import maia.machine.Machine;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ElementType;

/// Products of one input with several matrices, and functions of the elements of their results:
/// `silu(x g^T) * (x u^T)`, `x w^T + bias + residual`, or queries, keys and values at once. The
/// input is read once for all of them.
///
/// Where products are of different widths (queries beside fewer keys and values), every program
/// takes its share of the columns of each, and stores the results as they are.
///
/// Every product has the bits of [Linear] and [LinearMx]: one chain of fused multiply-adds in
/// ascending k, then its epilogue, rounded to its own type before the tail sees it.
public final class LinearGroup {
  /// Values of a block that the tail holds beside operands, results and accumulators.
  private static final int ON_THE_WAY = 2;

  /// One of the products.
  ///
  /// @param bias type of its biases: F32, BF16 or F16
  /// @param scale factor of the sums
  /// @param between type to which sums with their bias are rounded before the activation
  /// @param activation the activation
  /// @param outScale factor of the activated values
  /// @param type the type its results are rounded to
  public record Member(
      Optional<DType> bias,
      Optional<Float> scale,
      DType between,
      Activation activation,
      Optional<Float> outScale,
      DType type) {
    private Tile finish(KernelContext k, Tile sums, Optional<Tile> biases) {
      Epilogue epilogue =
          new Epilogue(activation, biases, number(k, scale), number(k, outScale), between);
      Tile value = epilogue.apply(sums);
      return type == F32 ? value : value.to(type).to(F32);
    }

    private static Optional<Tile> number(KernelContext k, Optional<Float> value) {
      return value.map(v -> k.full(F32, v));
    }
  }

  /// How the weights lie.
  public enum Order {
    /// N x K.
    OUT_IN,
    /// K x N.
    IN_OUT,
  }

  /// A tensor that the tail reads.
  ///
  /// @param type element type
  /// @param extent all elements of a result, or one row for all rows
  public record Operand(DType type, Extent extent) {}

  /// What an operand has.
  public enum Extent {
    /// M x N values.
    MATRIX,
    /// N values.
    ROW,
  }

  /// What is stored, of F32 or truth values, from the results of the products and the operands.
  /// Floats come as F32.
  @FunctionalInterface
  public interface Tail {
    /// One tile per stored array.
    List<Tile> of(KernelContext k, List<Tile> products, List<Tile> operands);
  }

  /// A group.
  ///
  /// @param problem the sizes of the widest product, the types of input and weights, the widest
  ///   stored type
  /// @param widths the columns of each product
  /// @param order how all weights lie; block formats lie N x K
  /// @param members the products
  /// @param operands what the tail reads
  /// @param outputs the types of what is stored, each M x N
  public record Group(
      Blocks.Problem problem,
      List<Long> widths,
      Order order,
      List<Member> members,
      List<Operand> operands,
      List<DType> outputs) {
    public Group {
      widths = List.copyOf(widths);
      members = List.copyOf(members);
      operands = List.copyOf(operands);
      outputs = List.copyOf(outputs);
      Check.argument(
          widths.size() == members.size() && Collections.max(widths) == problem.n(),
          "linear group: needs the width of each of %d products, the widest %d, got %s",
          members.size(),
          problem.n(),
          widths);
      Check.argument(
          isEven(widths) || operands.isEmpty() && outputs.size() == members.size(),
          "linear group: products of widths %s store their results and nothing else",
          widths);
    }

    /// A group of products of one width.
    public Group(
        Blocks.Problem problem,
        Order order,
        List<Member> members,
        List<Operand> operands,
        List<DType> outputs) {
      this(
          problem,
          Collections.nCopies(members.size(), problem.n()),
          order,
          members,
          operands,
          outputs);
    }

    private static boolean isEven(List<Long> widths) {
      return widths.stream().distinct().count() == 1;
    }

    private boolean isEven() {
      return isEven(widths);
    }

    /// The columns of a product that a program takes at most.
    private int columns(int member, Layout layout) {
      if (isEven()) {
        return layout.blocks().bn();
      }
      long width = widths.get(member);
      int unit = Layout.unitOfColumns(problem.withColumns(width));
      long most = Span.largest(width, layout.columns(), layout.across(), unit);
      return Math.max(unit, Kernel.nextPow2(most));
    }

    /// Bytes of tile memory with this layout.
    private long bytes(Layout layout) {
      Blocks blocks = layout.blocks();
      long all = 0;
      for (int i = 0; i < members.size(); i++) {
        all += columns(i, layout);
      }
      long area = (long) blocks.bm() * blocks.bn();
      long x = problem.x().bytes((long) blocks.bm() * blocks.bk());
      long w = problem.w().bytes(all * blocks.bk());
      long results = isEven() ? area * outputs.size() : blocks.bm() * all;
      return blocks.stages() * (x + w)
          + (blocks.bm() * all + area * (ON_THE_WAY + operands.size()) + results) * Float.BYTES
          + Double.BYTES * all;
    }
  }

  private final Group group;
  private final Tail tail;

  private LinearGroup(Group group, Tail tail) {
    this.group = group;
    this.tail = tail;
  }

  /// Whether blocks of the group fit into tile memory.
  public static boolean fits(Group group, Machine machine) {
    return layouts(group, machine).stream().findAny().isPresent();
  }

  /// The launch, with blocks chosen for `machine`. Arguments: `x` [M,K], the weights, the biases of
  /// those that have them, the operands, the results.
  public static KernelLaunch over(String name, Group group, Tail tail, Machine machine) {
    Kernel kernel = Kernel.define(name, new LinearGroup(group, tail)::body);
    boolean isByColumns = group.order == Order.IN_OUT;
    var model = new LayoutModel(group.problem, machine, Mapping.Path.AUTO, isByColumns);
    Layout best =
        Layout.best(layouts(group, machine), model)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "linear group '%s': no block of %d products of %dx%dx%d fits into a tile of %s; launch them apart"
                        .formatted(
                            name,
                            group.members.size(),
                            group.problem.m(),
                            group.problem.n(),
                            group.problem.k(),
                            machine.name())));
    return best.launch(group.isEven() ? kernel : shared(kernel, group, best));
  }

  /// The kernel with a block of its own for every product.
  private static Kernel shared(Kernel kernel, Group group, Layout layout) {
    Kernel shaped = kernel;
    for (int i = 0; i < group.members.size(); i++) {
      shaped = shaped.with("BN" + i, group.columns(i, layout));
    }
    return shaped;
  }

  private static List<Layout> layouts(Group group, Machine machine) {
    return Layout.legal(group.problem, machine).stream()
        .filter(l -> group.bytes(l) <= machine.tsram().bytes())
        .toList();
  }

  private void body(KernelContext k) {
    int bm = k.meta("BM", 128);
    int bn = k.meta("BN", 128);
    int bk = k.meta("BK", 64);
    int stages = k.meta("STAGES", 3);
    Lanes lanes = Lanes.of(k);
    Factors factors = factors(k);
    List<Optional<ArrayArg>> biases = new ArrayList<>();
    for (Member member : group.members) {
      String name = "bias" + biases.size();
      biases.add(member.bias.map(type -> k.in(name, type, 1)));
    }
    List<ArrayArg> operands = new ArrayList<>();
    for (Operand operand : group.operands) {
      int rank = operand.extent == Extent.ROW ? 1 : 2;
      operands.add(k.in("r" + operands.size(), operand.type, rank));
    }
    List<ArrayArg> outputs = new ArrayList<>();
    for (DType type : group.outputs) {
      outputs.add(k.out("y" + outputs.size(), type, 2));
    }
    Span rows = Span.of(k, 0, outputs.getFirst().size(0), lanes.down(), Span.unit(bm));
    List<Columns> columns = columns(k, outputs, bn, lanes);
    List<Optional<Tile>> rowsOfBias = new ArrayList<>();
    for (int i = 0; i < biases.size(); i++) {
      Columns own = columns.get(i);
      rowsOfBias.add(biases.get(i).map(b -> row(b, own)));
    }
    Columns all = columns.getFirst();
    List<Tile> read = new ArrayList<>();
    for (int i = 0; i < operands.size(); i++) {
      ArrayArg array = operands.get(i);
      read.add(
          group.operands.get(i).extent == Extent.ROW
              ? row(array, all)
              : wide(block(array, rows, all, bm).load()));
    }
    List<Var> sums = new ArrayList<>();
    columns.forEach(c -> sums.add(k.var(k.zeros(F32, bm, c.block))));
    k.range(0, factors.depth().cdiv(bk))
        .stages(stages)
        .each(step -> factors.multiply(step.mul(bk), new Place(rows, columns, bm, bk), sums));
    List<Tile> results = new ArrayList<>();
    for (int i = 0; i < sums.size(); i++) {
      Tile sum = factors.scaled(i, sums.get(i).get());
      results.add(group.members.get(i).finish(k, sum, rowsOfBias.get(i)));
    }
    List<Tile> stored = tail.of(k, results, read);
    for (int i = 0; i < stored.size(); i++) {
      Tile value = stored.get(i);
      DType type = group.outputs.get(i);
      block(outputs.get(i), rows, group.isEven() ? all : columns.get(i), bm)
          .store(type == DType.BOOL ? value : value.to(type));
    }
  }

  /// The columns of a product that a program computes, in a block of so many.
  private record Columns(Span span, int block) {}

  private List<Columns> columns(KernelContext k, List<ArrayArg> outputs, int bn, Lanes lanes) {
    if (group.isEven()) {
      Span span = Span.of(k, 1, outputs.getFirst().size(1), lanes.across(), Span.unit(bn));
      return Collections.nCopies(group.members.size(), new Columns(span, bn));
    }
    List<Columns> all = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      int block = k.meta("BN" + i, bn);
      Tile size = outputs.get(i).size(1);
      all.add(new Columns(Span.of(k, 1, size, lanes.across(), Span.unit(block)), block));
    }
    return List.copyOf(all);
  }

  private static ArrayArg.Placed block(ArrayArg array, Span rows, Columns columns, int bm) {
    return array
        .block(bm, columns.block)
        .until(rows.end(), columns.span.end())
        .at(rows.start(), columns.span.start());
  }

  private static Tile row(ArrayArg array, Columns columns) {
    return wide(array.block(columns.block).at(columns.span.start()).load()).row();
  }

  private static Tile wide(Tile tile) {
    return tile.dtype().isFloat() && tile.dtype() != F32 ? tile.to(F32) : tile;
  }

  /// A block of the results of every product, and how deep one step of the sum is.
  private record Place(Span rows, List<Columns> columns, int bm, int bk) {}

  /// Input and weights.
  private interface Factors {
    /// K.
    Tile depth();

    /// Adds the products of `bk` terms from `depth` on to the sums.
    void multiply(Tile depth, Place at, List<Var> sums);

    /// The finished sum of a member.
    default Tile scaled(int member, Tile sum) {
      return sum;
    }
  }

  private Factors factors(KernelContext k) {
    ElementType w = group.problem.w();
    return switch (group.problem.x()) {
      case DType type ->
          new Plain(
              k.in("x", type, 2), weights((name, i) -> k.in(name, (DType) w, 2)), group.order, k);
      case BlockFormat format ->
          new Blocked(
              k.in("x", format, 2), weights((name, i) -> k.in(name, (BlockFormat) w, 2)), k);
    };
  }

  private <T> List<T> weights(BiFunction<String, Integer, T> declare) {
    List<T> all = new ArrayList<>();
    for (int i = 0; i < group.members.size(); i++) {
      all.add(declare.apply("w" + i, i));
    }
    return List.copyOf(all);
  }

  private record Plain(ArrayArg x, List<ArrayArg> weights, Order order, KernelContext k)
      implements Factors {
    @Override
    public Tile depth() {
      return x.size(1);
    }

    @Override
    public void multiply(Tile depth, Place at, List<Var> sums) {
      Tile tx =
          x.block(at.bm, at.bk).until(at.rows.end(), x.size(1)).at(at.rows.start(), depth).load();
      for (int i = 0; i < sums.size(); i++) {
        sums.get(i)
            .set(
                k.dot(
                    tx, weights(weights.get(i), depth, at, at.columns.get(i)), sums.get(i).get()));
      }
    }

    private Tile weights(ArrayArg w, Tile depth, Place at, Columns columns) {
      return switch (order) {
        case OUT_IN ->
            w.block(columns.block, at.bk)
                .until(columns.span.end(), x.size(1))
                .at(columns.span.start(), depth)
                .load()
                .t();
        case IN_OUT ->
            w.block(at.bk, columns.block)
                .until(x.size(1), columns.span.end())
                .at(depth, columns.span.start())
                .load();
      };
    }
  }

  private record Blocked(BlockArrayArg x, List<BlockArrayArg> weights, KernelContext k)
      implements Factors {
    @Override
    public Tile depth() {
      return x.size(1);
    }

    @Override
    public void multiply(Tile depth, Place at, List<Var> sums) {
      var tx =
          x.block(at.bm, at.bk).until(at.rows.end(), x.size(1)).at(at.rows.start(), depth).load();
      for (int i = 0; i < sums.size(); i++) {
        Columns columns = at.columns.get(i);
        var tw =
            weights
                .get(i)
                .block(columns.block, at.bk)
                .until(columns.span.end(), x.size(1))
                .at(columns.span.start(), depth)
                .load();
        sums.get(i).set(k.dotScaled(tx, tw.t(), sums.get(i).get()));
      }
    }

    @Override
    public Tile scaled(int member, Tile sum) {
      BlockArrayArg w = weights.get(member);
      return x.format().tensorScale() && w.format().tensorScale()
          ? sum.mul(x.tensorScale().mul(w.tensorScale()))
          : sum;
    }
  }
}

package maia.kernel.library;

import static maia.numerics.DType.F32;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
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

/// Products of one input with several matrices of one shape, and functions of the elements of their
/// results: `silu(x g^T) * (x u^T)`, `x w^T + bias + residual`, or queries, keys and values at
/// once. The input is read once for all of them.
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
  /// @param problem the sizes of one product, the types of input and weights, the widest stored
  ///   type
  /// @param order how all weights lie; block formats lie N x K
  /// @param members the products
  /// @param operands what the tail reads
  /// @param outputs the types of what is stored, each M x N
  public record Group(
      Blocks.Problem problem,
      Order order,
      List<Member> members,
      List<Operand> operands,
      List<DType> outputs) {
    public Group {
      members = List.copyOf(members);
      operands = List.copyOf(operands);
      outputs = List.copyOf(outputs);
    }

    /// Bytes of tile memory with these blocks.
    private long bytes(Blocks blocks) {
      long area = (long) blocks.bm() * blocks.bn();
      long x = problem.x().bytes((long) blocks.bm() * blocks.bk());
      long w = problem.w().bytes((long) blocks.bn() * blocks.bk());
      int held = members.size() + ON_THE_WAY + operands.size() + outputs.size();
      return blocks.stages() * (x + members.size() * w)
          + area * Float.BYTES * held
          + (long) Double.BYTES * blocks.bn() * members.size();
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
    return Layout.best(layouts(group, machine), model)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "linear group '%s': no block of %d products of %dx%dx%d fits into a tile of %s; launch them apart"
                    .formatted(
                        name,
                        group.members.size(),
                        group.problem.m(),
                        group.problem.n(),
                        group.problem.k(),
                        machine.name())))
        .launch(kernel);
  }

  private static List<Layout> layouts(Group group, Machine machine) {
    return Layout.legal(group.problem, machine).stream()
        .filter(l -> group.bytes(l.blocks()) <= machine.tsram().bytes())
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
    ArrayArg like = outputs.getFirst();
    Span rows = Span.of(k, 0, like.size(0), lanes.down(), Span.unit(bm));
    Span columns = Span.of(k, 1, like.size(1), lanes.across(), Span.unit(bn));
    List<Optional<Tile>> rowsOfBias =
        biases.stream().map(b -> b.map(a -> row(a, columns, bn))).toList();
    List<Tile> read = new ArrayList<>();
    for (int i = 0; i < operands.size(); i++) {
      ArrayArg array = operands.get(i);
      read.add(
          group.operands.get(i).extent == Extent.ROW
              ? row(array, columns, bn)
              : wide(block(array, rows, columns, bm, bn).load()));
    }
    List<Var> sums = new ArrayList<>();
    group.members.forEach(_ -> sums.add(k.var(k.zeros(F32, bm, bn))));
    k.range(0, factors.depth().cdiv(bk))
        .stages(stages)
        .each(step -> factors.multiply(step.mul(bk), new Place(rows, columns, bm, bn, bk), sums));
    List<Tile> results = new ArrayList<>();
    for (int i = 0; i < sums.size(); i++) {
      Tile sum = factors.scaled(i, sums.get(i).get());
      results.add(group.members.get(i).finish(k, sum, rowsOfBias.get(i)));
    }
    List<Tile> stored = tail.of(k, results, read);
    for (int i = 0; i < stored.size(); i++) {
      Tile value = stored.get(i);
      DType type = group.outputs.get(i);
      block(outputs.get(i), rows, columns, bm, bn)
          .store(type == DType.BOOL ? value : value.to(type));
    }
  }

  private static ArrayArg.Placed block(ArrayArg array, Span rows, Span columns, int bm, int bn) {
    return array.block(bm, bn).until(rows.end(), columns.end()).at(rows.start(), columns.start());
  }

  private static Tile row(ArrayArg array, Span columns, int bn) {
    return wide(array.block(bn).at(columns.start()).load()).row();
  }

  private static Tile wide(Tile tile) {
    return tile.dtype().isFloat() && tile.dtype() != F32 ? tile.to(F32) : tile;
  }

  /// A block of the results, and how deep one step of the sum is.
  private record Place(Span rows, Span columns, int bm, int bn, int bk) {}

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
        sums.get(i).set(k.dot(tx, weights(weights.get(i), depth, at), sums.get(i).get()));
      }
    }

    private Tile weights(ArrayArg w, Tile depth, Place at) {
      return switch (order) {
        case OUT_IN ->
            w.block(at.bn, at.bk)
                .until(at.columns.end(), x.size(1))
                .at(at.columns.start(), depth)
                .load()
                .t();
        case IN_OUT ->
            w.block(at.bk, at.bn)
                .until(x.size(1), at.columns.end())
                .at(depth, at.columns.start())
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
        var tw =
            weights
                .get(i)
                .block(at.bn, at.bk)
                .until(at.columns.end(), x.size(1))
                .at(at.columns.start(), depth)
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

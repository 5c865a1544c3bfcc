package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.kernel.Kernel.nextPow2;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import maia.base.Check;
import maia.kernel.ArrayArg;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.KernelLaunch;
import maia.kernel.Mask;
import maia.kernel.Tile;
import maia.numerics.DType;

/// Kernels that compute every element of their results from the elements at the same place of their
/// operands, over strided arrays of any rank.
///
/// An operand that lacks a dimension is stretched along it: it is loaded once per block, not once
/// per element.
public final class Pointwise {
  /// Elements of a block, where the walk is not a long one of one dimension.
  public static final int ELEMENTS = 4096;

  private static final int HIGH = 16_384;
  private static final int LARGE = 32_768;

  private Pointwise() {}

  /// Results from operands: tiles of the element types of the arrays, in their order. The tiles of
  /// the operands stretch against each other.
  @FunctionalInterface
  public interface Function {
    /// One tile for each result, of its element type.
    List<Tile> of(KernelContext k, List<Tile> operands);
  }

  /// An array parameter.
  ///
  /// @param type element type
  /// @param dims which dimensions of the walk it has, ascending
  public record Operand(DType type, List<Integer> dims) {
    public Operand {
      dims = List.copyOf(dims);
    }
  }

  /// What is walked over.
  ///
  /// @param shape sizes, all positive, at least one
  /// @param operands the arrays that are read
  /// @param numbers the types of plain numbers that are passed after all arrays: F32 or I64
  /// @param results types of the arrays that are written, which have all dimensions
  public record Walk(
      List<Long> shape, List<Operand> operands, List<DType> numbers, List<DType> results) {
    public Walk {
      shape = List.copyOf(shape);
      operands = List.copyOf(operands);
      numbers = List.copyOf(numbers);
      results = List.copyOf(results);
      Check.argument(
          !shape.isEmpty() && shape.stream().allMatch(size -> size > 0) && !results.isEmpty(),
          "pointwise: needs results and at least one dimension of positive size, was %s",
          shape);
    }

    private int rank() {
      return shape.size();
    }

    private List<Integer> all() {
      return IntStream.range(0, rank()).boxed().toList();
    }

    private int block() {
      long elements = shape.stream().reduce(1L, Math::multiplyExact);
      if (rank() == 1) {
        return elements >= 64L * LARGE ? LARGE : ELEMENTS;
      }
      return elements >= 64L * HIGH ? HIGH : ELEMENTS;
    }

    private int columns() {
      return Math.min(nextPow2(shape.getLast()), block());
    }

    private int rows() {
      return rank() == 1 ? 1 : Math.min(nextPow2(shape.get(rank() - 2)), block() / columns());
    }

    private int outer() {
      long count = 1;
      for (int d = 0; d < rank() - 2; d++) {
        count = Math.multiplyExact(count, shape.get(d));
      }
      return Math.toIntExact(count);
    }
  }

  /// The kernel `name` for `walk`. Operands are passed in order, then results, then numbers; the
  /// function sees the numbers as scalars behind the operands.
  public static KernelLaunch over(String name, Walk walk, Function function) {
    Kernel kernel = Kernel.define(name, k -> new Body(k, walk).record(function));
    int across = cdiv(walk.shape.getLast(), walk.columns());
    return walk.rank() == 1
        ? kernel.grid(across)
        : kernel.grid(across, cdiv(walk.shape.get(walk.rank() - 2), walk.rows()), walk.outer());
  }

  /// One block: the last two dimensions as rows and columns, one index of every other one.
  private static final class Body {
    private final KernelContext k;
    private final Walk walk;
    private final List<ArrayArg> operands = new ArrayList<>();
    private final List<ArrayArg> results = new ArrayList<>();
    private final List<Tile> numbers = new ArrayList<>();
    private final List<Tile> index = new ArrayList<>();

    Body(KernelContext k, Walk walk) {
      this.k = k;
      this.walk = walk;
      for (Operand operand : walk.operands) {
        int rank = Math.max(1, operand.dims.size());
        operands.add(k.in("x" + operands.size(), operand.type, rank));
      }
      for (DType type : walk.results) {
        results.add(k.out("y" + results.size(), type, walk.rank()));
      }
      for (DType type : walk.numbers) {
        String name = "n" + numbers.size();
        numbers.add(type == DType.I64 ? k.i64(name) : k.f32(name));
      }
      Tile rest = walk.rank() > 2 ? k.programId(2) : k.scalar(0);
      for (int d = walk.rank() - 3; d >= 0; d--) {
        index.addFirst(d == 0 ? rest : rest.rem(size(d)));
        rest = d == 0 ? rest : rest.div(size(d));
      }
      Tile column = k.programId(0).mul(walk.columns()).add(k.arange(walk.columns()));
      if (walk.rank() > 1) {
        index.add(k.programId(1).mul(walk.rows()).add(k.arange(walk.rows())).col());
        column = column.row();
      }
      index.add(column);
    }

    private Tile size(int d) {
      return results.getFirst().size(d);
    }

    void record(Function function) {
      List<Tile> values = new ArrayList<>();
      for (int i = 0; i < operands.size(); i++) {
        values.add(load(operands.get(i), walk.operands.get(i).dims));
      }
      values.addAll(numbers);
      List<Tile> computed = function.of(k, values);
      for (int i = 0; i < results.size(); i++) {
        results.get(i).at(at(walk.all())).store(whole(computed.get(i)), mask(walk.all()));
      }
    }

    private Tile[] at(List<Integer> dims) {
      return dims.stream().map(index::get).toArray(Tile[]::new);
    }

    /// Masked-off elements read as 1, which no function minds as a divisor or an argument.
    private Tile load(ArrayArg array, List<Integer> dims) {
      if (dims.isEmpty()) {
        return array.at(k.scalar(0)).load();
      }
      return dims.getLast() < walk.rank() - 2
          ? array.at(at(dims)).load()
          : array.at(at(dims)).load(mask(dims), 1);
    }

    /// Which elements exist, as far as an array with these dimensions can tell: it has one of the
    /// last two.
    private Mask mask(List<Integer> dims) {
      return dims.stream()
          .filter(d -> d >= walk.rank() - 2)
          .map(d -> index.get(d).lt(size(d)))
          .reduce(Mask::and)
          .orElseThrow();
    }

    private Tile whole(Tile value) {
      List<Integer> block =
          walk.rank() == 1 ? List.of(walk.columns()) : List.of(walk.rows(), walk.columns());
      return value.shape().equals(block)
          ? value
          : value.broadcastTo(block.stream().mapToInt(n -> n).toArray());
    }
  }
}

package maia.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import maia.base.Origin;
import maia.kernel.Tile.Made;
import maia.kernel.ir.Func;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mapping;
import maia.kernel.ir.Mistake;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.npl.Program.Access;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;

/// Records what a kernel lambda does. One instance serves one trace on one thread.
final class Tracer implements KernelContext {
  static final Set<Class<?>> OWN =
      Set.of(
          Kernel.class,
          KernelContext.class,
          KernelLaunch.class,
          Eager.class,
          EagerDriver.class,
          TunedKernel.class,
          TunedLaunch.class,
          Tuner.class,
          Arguments.class,
          Tracer.class,
          Recording.class,
          Operands.class,
          Elementwise.class,
          Shapes.class,
          Folds.class,
          Accesses.class,
          Products.class,
          Randoms.class,
          Control.class,
          Parameters.class,
          Driver.class,
          Metas.class,
          Tile.class,
          TileArithmetic.class,
          TileComparison.class,
          Orders.class,
          TileMath.class,
          TileShape.class,
          TileOrder.class,
          Mask.class,
          MxTile.class,
          Ptr.class,
          ArrayArg.class,
          BlockArrayArg.class,
          BlockWindow.class,
          Descriptor.class,
          Var.class);
  private static final Set<String> OWN_NAMES =
      OWN.stream().map(Class::getName).collect(Collectors.toUnmodifiableSet());

  /// How an array parameter is used.
  record Use(String name, Access access, int rank) {}

  private final Metas metas;
  private final Recording recording;
  private final Control control = new Control(this);
  private final Parameters parameters = new Parameters(this);
  private Mapping mapping = Mapping.AUTO;

  Tracer(String kernel, Origin.Frame definition, Metas metas, Driver driver) {
    this.metas = metas;
    recording = new Recording(this, kernel, definition, driver);
  }

  /// The finished function; refuses results that nothing uses.
  Func func() {
    return new Func(recording.kernel(), parameters.list(), recording.finished(), mapping);
  }

  /// Whether a class, named, records on the user's behalf.
  static boolean isOwn(String className) {
    int nested = className.indexOf('$');
    return OWN_NAMES.contains(nested < 0 ? className : className.substring(0, nested));
  }

  Recording recording() {
    return recording;
  }

  Origin origin(Origin.Frame frame) {
    return recording.origin(frame);
  }

  KernelException error(Mistake mistake, String format, Object... values) {
    return recording.error(mistake, format, values);
  }

  void require(boolean holds, Mistake mistake, String format, Object... values) {
    if (!holds) {
      throw recording.error(mistake, format, values);
    }
  }

  KernelException mismatch(Mistake mistake, String message, Made a, Made b) {
    return recording.mismatch(mistake, message, a, b);
  }

  Origin.Frame here() {
    return recording.here();
  }

  Made use(Made made) {
    return recording.use(made);
  }

  // ---- parameters

  @Override
  public ArrayArg array(String name, DType type, int rank, Access access) {
    return new ArrayArg(this, parameters.array(name, type, rank, access), type);
  }

  @Override
  public BlockArrayArg array(String name, BlockFormat type, int rank, Access access) {
    return new BlockArrayArg(this, parameters.array(name, type, rank, access), type);
  }

  @Override
  public Tile f32(String name) {
    return parameters.scalar(name, DType.F32);
  }

  @Override
  public Tile i64(String name) {
    return parameters.scalar(name, DType.I64);
  }

  @Override
  public int meta(String name, int byDefault) {
    return metas.value(this, name, Integer.class, byDefault);
  }

  @Override
  public boolean meta(String name, boolean byDefault) {
    return metas.value(this, name, Boolean.class, byDefault);
  }

  @Override
  public <E extends Enum<E>> E meta(String name, E byDefault) {
    return metas.value(this, name, byDefault.getDeclaringClass(), byDefault);
  }

  @Override
  public BlockFormat meta(String name, BlockFormat byDefault) {
    return metas.value(this, name, BlockFormat.class, byDefault);
  }

  @Override
  public double meta(String name, double byDefault) {
    return metas.value(this, name, Double.class, byDefault);
  }

  @Override
  public void mapping(Mapping wanted) {
    mapping = wanted;
  }

  @Override
  public void check(boolean holds, String message) {
    require(holds, Mistake.CHECK_FAILED, "%s", message);
  }

  Tile tensorScale(String array, BlockFormat format) {
    return format.tensorScale()
        ? new Tile(recording.leaf(new Term.Scalar(Func.tensorScale(array), DType.F32)))
        : full(DType.F32, 1);
  }

  // ---- creation

  @Override
  public Tile programId(int dim) {
    require(
        dim >= 0 && dim <= 2,
        Mistake.NO_SUCH_DIMENSION,
        "programId: dimension must be 0, 1 or 2, was %d",
        dim);
    return new Tile(recording.leaf(new Term.ProgramId(dim)));
  }

  @Override
  public Tile numPrograms(int dim) {
    require(
        dim >= 0 && dim <= 2,
        Mistake.NO_SUCH_DIMENSION,
        "numPrograms: dimension must be 0, 1 or 2, was %d",
        dim);
    return new Tile(recording.leaf(new Term.NumPrograms(dim)));
  }

  Made size(String array, int dim, int rank) {
    require(
        dim >= 0 && dim < rank,
        Mistake.NO_SUCH_DIMENSION,
        "size: array '%s' has dimensions 0 to %d, not %d",
        array,
        rank - 1,
        dim);
    return recording.leaf(new Term.Size(array, dim));
  }

  @Override
  public Tile arange(int size) {
    checkPowerOfTwo("arange", size);
    return new Tile(recording.leaf(new Term.Iota(size)));
  }

  /// The integers 0 to `size` - 1, for helpers whose result may stay unused.
  Tile positions(int size) {
    return new Tile(recording.leaf(new Term.Iota(size)));
  }

  @Override
  public Tile scalar(long value) {
    return new Tile(recording.literal(Term.of(value)));
  }

  @Override
  public Tile full(DType type, double value, int... shape) {
    for (int size : shape) {
      checkPowerOfTwo("full", size);
    }
    Term number = Operands.constant(this, "full", type, value);
    return new Tile(
        recording.leaf(
            shape.length == 0 ? number : new Term.Broadcast(Shapes.sizes(shape), number)));
  }

  void checkPowerOfTwo(String what, int size) {
    require(size > 0, Mistake.BAD_SIZE, "%s: sizes must be positive, was %d", what, size);
    require(
        Integer.bitCount(size) == 1,
        Mistake.BAD_SIZE,
        "%s: %d is not a power of two; use %d and mask the tail with .lt(%d)",
        what,
        size,
        Integer.highestOneBit(size) << 1,
        size);
  }

  /// The elements of the parts, one part after the other.
  @Override
  public Tile cat(int dim, Tile... parts) {
    require(parts.length >= 1, Mistake.BAD_SIZE, "cat: needs at least one tile");
    return new Tile(Shapes.cat("cat", Arrays.stream(parts).map(t -> t.made).toList(), dim));
  }

  // ---- products

  @Override
  public Tile dot(Tile a, Tile b, Tile acc, Precision precision) {
    return new Tile(Products.dot(a.made, b.made, acc.made, precision));
  }

  @Override
  public Tile dotScaled(MxTile a, MxTile b, Tile acc) {
    return new Tile(Products.dotScaled(a, b, acc.made));
  }

  @Override
  public Tile dotScaled(Tile a, MxTile b, Tile acc) {
    return dotScaled(Products.unscaled(a, b, false), b, acc);
  }

  @Override
  public Tile dotScaled(MxTile a, Tile b, Tile acc) {
    return dotScaled(a, Products.unscaled(b, a, true), acc);
  }

  @Override
  public MxTile quantize(Tile tile, BlockFormat format, ScaleRule rule) {
    return Products.quantize(tile.made, format, rule);
  }

  // ---- folds of several tiles

  @Override
  public List<Tile> reduce(List<Tile> tiles, int axis, Combiner combine) {
    return fold("reduce", tiles, axis, Direction.FORWARD, Op.Fold.Kind.REDUCE, combine);
  }

  @Override
  public List<Tile> scan(List<Tile> tiles, int axis, Direction direction, Combiner combine) {
    return fold("scan", tiles, axis, direction, Op.Fold.Kind.SCAN, combine);
  }

  private List<Tile> fold(
      String what,
      List<Tile> tiles,
      int axis,
      Direction direction,
      Op.Fold.Kind kind,
      Combiner combine) {
    require(!tiles.isEmpty(), Mistake.BAD_SIZE, "%s: needs at least one tile", what);
    return Folds.fold(what, tiles, axis, direction, kind, combine::combine);
  }

  // ---- control flow and debugging

  @Override
  public Var var(Tile initial) {
    return control.var(initial.made);
  }

  @Override
  public Loop range(Tile from, Tile to, Tile step) {
    return control.range(from, to, step);
  }

  @Override
  public void when(Mask condition, Runnable then, Runnable otherwise) {
    control.when(condition.made, then, otherwise);
  }

  @Override
  public void loopWhile(Supplier<Mask> condition, Runnable body) {
    control.loopWhile(condition, body);
  }

  @Override
  public void print(String label, Tile value) {
    recording.add(new Op.Print(label, use(value.made).term(), origin(here())));
  }

  @Override
  public void print(String label, Mask value) {
    recording.add(new Op.Print(label, use(value.made).term(), origin(here())));
  }

  @Override
  public void deviceAssert(Mask condition, String message) {
    recording.add(new Op.Assert(use(condition.made).term(), message, origin(here())));
  }

  @Override
  public void assume(Mask condition) {
    recording.add(new Op.Assume(use(condition.made).term(), origin(here())));
  }

  /// Notes that an array declared with `k.out` is read too, by an atomic.
  void readAndWrite(String array) {
    parameters.readAndWrite(array);
  }

  static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}

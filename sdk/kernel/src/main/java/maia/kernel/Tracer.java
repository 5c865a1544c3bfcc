package maia.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import maia.base.Origin;
import maia.kernel.Tile.Made;
import maia.kernel.ir.BinaryOp;
import maia.kernel.ir.Block;
import maia.kernel.ir.Func;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mapping;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Type;
import maia.kernel.ir.Value;
import maia.npl.Instr.ReduceOp;
import maia.npl.Lane.UnaryOp;
import maia.npl.Program.Access;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.numerics.ScaleRule;

/// Records what a kernel lambda does. One instance serves one trace on one thread.
final class Tracer implements KernelContext {
  static final Set<Class<?>> OWN =
      Set.of(
          Kernel.class,
          KernelContext.class,
          KernelLaunch.class,
          Tracer.class,
          Recording.class,
          Operands.class,
          Metas.class,
          Tile.class,
          Mask.class,
          MxTile.class,
          Ptr.class,
          ArrayArg.class,
          BlockArrayArg.class,
          BlockWindow.class,
          Var.class);
  private static final Set<String> OWN_NAMES =
      OWN.stream().map(Class::getName).collect(Collectors.toUnmodifiableSet());

  /// How an array parameter is used.
  record Use(String name, Access access, int rank) {}

  private final Metas metas;
  private final Recording recording;
  private final List<Func.Param> params = new ArrayList<>();
  private Mapping mapping = Mapping.AUTO;

  Tracer(String kernel, Origin.Frame definition, Metas metas, Driver driver) {
    this.metas = metas;
    recording = new Recording(this, kernel, definition, driver);
  }

  /// The finished function; refuses results that nothing uses.
  Func func() {
    return new Func(recording.kernel(), params, recording.finished(), mapping);
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

  KernelException error(String format, Object... values) {
    return recording.error(format, values);
  }

  void require(boolean holds, String format, Object... values) {
    if (!holds) {
      throw recording.error(format, values);
    }
  }

  KernelException mismatch(String message, Made a, Made b) {
    return recording.mismatch(message, a, b);
  }

  Term termOf(Value value) {
    return recording.termOf(value);
  }

  private Origin.Frame here() {
    return recording.here();
  }

  private Made use(Made made) {
    return recording.use(made);
  }

  // ---- parameters

  @Override
  public ArrayArg array(String name, DType type, int rank, Access access) {
    return new ArrayArg(this, declare(name, type, rank, access), type);
  }

  @Override
  public BlockArrayArg array(String name, BlockFormat type, int rank, Access access) {
    require(
        !type.tensorScale() && type.element() != DType.I8,
        "array '%s': kernels on %s are not built; use an MX float format such as mxfp4",
        name,
        type.label());
    return new BlockArrayArg(this, declare(name, type, rank, access), type);
  }

  private Use declare(String name, ElementType type, int rank, Access access) {
    checkName(name);
    require(rank >= 1 && rank <= 4, "array '%s': rank must be 1 to 4, was %d", name, rank);
    params.add(new Func.ArrayParam(name, type, access, rank));
    return new Use(name, access, rank);
  }

  private void checkName(String name) {
    require(Kernel.isName(name), "'%s' is not a name: use letters, digits and _", name);
    require(
        params.stream().noneMatch(p -> p.name().equals(name)),
        "parameter '%s' is declared twice; names must differ",
        name);
    require(
        recording.isTop(), "parameter '%s' is declared inside a loop or branch; move it up", name);
  }

  @Override
  public Tile f32(String name) {
    return scalarParam(name, DType.F32);
  }

  @Override
  public Tile i64(String name) {
    return scalarParam(name, DType.I64);
  }

  private Tile scalarParam(String name, DType type) {
    checkName(name);
    params.add(new Func.ScalarParam(name, type));
    return new Tile(recording.leaf(new Term.Scalar(name, type)));
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
  public void mapping(Mapping wanted) {
    mapping = wanted;
  }

  @Override
  public void check(boolean holds, String message) {
    require(holds, "%s", message);
  }

  // ---- creation

  @Override
  public Tile programId(int dim) {
    require(dim >= 0 && dim <= 2, "programId: dimension must be 0, 1 or 2, was %d", dim);
    return new Tile(recording.leaf(new Term.ProgramId(dim)));
  }

  @Override
  public Tile numPrograms(int dim) {
    require(dim >= 0 && dim <= 2, "numPrograms: dimension must be 0, 1 or 2, was %d", dim);
    return new Tile(recording.leaf(new Term.NumPrograms(dim)));
  }

  Made size(String array, int dim, int rank) {
    require(
        dim >= 0 && dim < rank,
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
        recording.leaf(shape.length == 0 ? number : new Term.Broadcast(sizes(shape), number)));
  }

  private void checkPowerOfTwo(String what, int size) {
    require(size > 0, "%s: sizes must be positive, was %d", what, size);
    require(
        Integer.bitCount(size) == 1,
        "%s: %d is not a power of two; use %d and mask the tail with .lt(%d)",
        what,
        size,
        Integer.highestOneBit(size) << 1,
        size);
  }

  private static List<Integer> sizes(int[] shape) {
    return Arrays.stream(shape).boxed().toList();
  }

  Made number(String what, Made like, double value) {
    return recording.literal(Operands.constant(this, what, like.value().type().dtype(), value));
  }

  Made number(String what, Made like, long value) {
    DType dtype = like.value().type().dtype();
    return recording.literal(
        dtype.isFloat() ? Operands.constant(this, what, dtype, value) : new Term.Int(value, dtype));
  }

  // ---- element-wise

  Made binary(BinaryOp op, Made x, Made y) {
    var pair = Operands.unify(this, op, use(x), use(y));
    return recording.record(op.label(), new Term.Binary(op, pair.x(), pair.y()), List.of());
  }

  Made unary(UnaryOp op, Made x) {
    Operands.checkUnary(this, op, use(x));
    return recording.record(lower(op), new Term.Unary(op, x.term()), List.of(x));
  }

  Made fma(Made x, Made y, Made z) {
    Operands.unify(this, BinaryOp.MUL, use(x), use(y));
    Operands.unify(this, BinaryOp.ADD, x, use(z));
    Operands.checkSame(this, "fma", x, y);
    Operands.checkSame(this, "fma", x, z);
    return recording.record("fma", new Term.Fma(x.term(), y.term(), z.term()), List.of());
  }

  Made select(Made condition, Made x, Made y) {
    var pair = Operands.unify(this, "where", use(x), use(y));
    Operands.checkShapes(this, "where", use(condition), x);
    Operands.checkShapes(this, "where", condition, y);
    return recording.record(
        "where", new Term.Select(condition.term(), pair.x(), pair.y()), List.of());
  }

  Made cast(Made x, DType type) {
    return recording.record("to", new Term.Cast(type, x.term()), List.of(x));
  }

  Made vector(String what, Made x, int dim) {
    require(
        x.value().type().rank() == 1,
        "%s: needs a vector, got %s; use .unsqueeze(d)",
        what,
        x.value().type());
    return unsqueeze(x, dim);
  }

  Made unsqueeze(Made x, int dim) {
    int rank = x.value().type().rank();
    require(dim >= 0 && dim <= rank, "unsqueeze: dimension must be 0 to %d, was %d", rank, dim);
    return recording.record("unsqueeze", new Term.Unsqueeze(dim, x.term()), List.of(x));
  }

  Made transpose(Made x) {
    require(
        x.value().type().rank() >= 2, "t: needs at least two dimensions, got %s", x.value().type());
    return recording.record("t", new Term.Transpose(x.term()), List.of(x));
  }

  Made broadcast(Made x, int... shape) {
    Operands.checkStretch(this, x, sizes(shape));
    return recording.record("broadcastTo", new Term.Broadcast(sizes(shape), x.term()), List.of(x));
  }

  // ---- memory

  void checkIndices(Use use, int count) {
    require(
        count == use.rank(),
        "array '%s' has rank %d but at(...) got %d %s",
        use.name(),
        use.rank(),
        count,
        count == 1 ? "index" : "indices");
  }

  void checkBlock(Use use, int... sizes) {
    require(
        sizes.length >= 1 && sizes.length <= use.rank(),
        "block: array '%s' has rank %d but block(...) got %d sizes",
        use.name(),
        use.rank(),
        sizes.length);
    for (int size : sizes) {
      checkPowerOfTwo("block", size);
    }
  }

  void checkEnds(Use use, int[] sizes, Tile[] ends) {
    require(
        ends.length == sizes.length,
        "until: a window of '%s' has %d dimensions, got %d ends; give one for each",
        use.name(),
        sizes.length,
        ends.length);
  }

  void checkMultiple(Use use, Made start, int block) {
    require(
        Operands.isMultiple(start.term(), block, recording.terms()),
        "block: the last start in '%s' must be a multiple of %d in every program; write it as"
            + " something times %d",
        use.name(),
        block,
        block);
  }

  Made load(
      String array, DType dtype, Use use, List<Made> indices, Optional<Made> mask, double other) {
    require(
        use.access() != Access.OUT,
        "load: array '%s' is declared with k.out(...); use k.in(...) or k.inOut(...)",
        array);
    List<Integer> shape = Operands.joint(this, "load", indices, mask);
    indices.forEach(this::use);
    mask.ifPresent(this::use);
    Origin.Frame frame = here();
    Made made = recording.define(new Type(dtype, shape), frame);
    recording.add(
        new Op.Load(
            made.value(),
            array,
            indices.stream().map(Made::term).toList(),
            mask.map(Made::term),
            (float) other,
            origin(frame)));
    return recording.result("load", made);
  }

  void store(
      String array, DType dtype, Use use, List<Made> indices, Made value, Optional<Made> mask) {
    require(
        use.access() != Access.IN,
        "store: array '%s' is declared with k.in(...), use k.out(...)",
        array);
    require(
        value.value().type().dtype() == dtype,
        "store: array '%s' holds %s, the value is %s; convert it with .to(%s)",
        array,
        dtype.label(),
        value.value().type(),
        dtype.name());
    List<Integer> shape = Operands.joint(this, "store", indices, mask);
    Operands.checkStretch(this, use(value), shape);
    indices.forEach(this::use);
    mask.ifPresent(this::use);
    Term whole =
        value.value().type().shape().equals(shape)
            ? value.term()
            : new Term.Broadcast(shape, value.term());
    recording.add(
        new Op.Store(
            array,
            indices.stream().map(Made::term).toList(),
            whole,
            mask.map(Made::term),
            origin(here())));
  }

  // ---- whole-tile operations

  Made reduce(ReduceOp op, Made x, int axis) {
    int rank = x.value().type().rank();
    String what = op == ReduceOp.SUM ? "sum" : "a" + lower(op);
    require(
        axis >= 0 && axis < rank,
        "%s: %s has no dimension %d; its dimensions are 0 to %d",
        what,
        x.value().type(),
        axis,
        rank - 1);
    List<Integer> shape = new ArrayList<>(x.value().type().shape());
    shape.remove(axis);
    Origin.Frame frame = here();
    Made made = recording.define(use(x).value().type().shaped(shape), frame);
    recording.add(new Op.Reduce(made.value(), op, x.term(), axis, origin(frame)));
    return recording.result(what, made);
  }

  @Override
  public Tile dot(Tile a, Tile b, Tile acc) {
    Operands.checkDot(this, "dot", a.made, b.made, acc.made);
    return dot("dot", a, b, Optional.empty(), acc);
  }

  private Tile dot(String verb, Tile a, Tile b, Optional<Op.Scales> scales, Tile acc) {
    use(a.made);
    use(b.made);
    use(acc.made);
    Origin.Frame frame = here();
    Made made = recording.define(acc.made.value().type(), frame);
    recording.add(
        new Op.Dot(
            made.value(),
            a.made.term(),
            b.made.term(),
            scales,
            acc.made.term(),
            Optional.empty(),
            origin(frame)));
    return new Tile(recording.result(verb, made));
  }

  @Override
  public Tile dotScaled(MxTile a, MxTile b, Tile acc) {
    Operands.checkDot(this, "dotScaled", a.elements().made, b.elements().made, acc.made);
    require(
        a.format().block() == b.format().block(),
        "dotScaled: blocks differ: a is %s (%d), b is %s (%d)",
        a.format().label(),
        a.format().block(),
        b.format().label(),
        b.format().block());
    require(
        !a.isTransposed() && b.isTransposed(),
        "dotScaled: blocks must run along k: a is %s, b is %s; load a as [M,K] and b as [N,K] and"
            + " pass b.t()",
        a.isTransposed() ? "transposed" : "as loaded",
        b.isTransposed() ? "transposed" : "as loaded");
    use(a.scales().made);
    use(b.scales().made);
    Op.Scales scales =
        new Op.Scales(a.scales().made.term(), b.scales().made.term(), a.format().block());
    return dot("dotScaled", a.elements(), b.elements(), Optional.of(scales), acc);
  }

  @Override
  public MxTile quantize(Tile tile, BlockFormat format, ScaleRule rule) {
    List<Integer> shape = Operands.checkQuantize(this, tile.made, format);
    use(tile.made);
    Origin.Frame frame = here();
    Made elements = recording.define(new Type(format.element(), tile.shape()), frame);
    Made scales = recording.define(new Type(format.scale(), shape), frame);
    recording.add(
        new Op.Quantize(
            elements.value(), scales.value(), tile.made.term(), format, rule, origin(frame)));
    recording.result("quantize", elements);
    return new MxTile(new Tile(elements), new Tile(scales), format, false);
  }

  // ---- control flow

  @Override
  public Var var(Tile initial) {
    use(initial.made);
    Origin.Frame frame = here();
    Made cell = recording.define(initial.made.value().type(), frame);
    recording.add(new Op.Var(cell.value(), Optional.of(initial.made.term()), origin(frame)));
    return new Var(cell);
  }

  Made get(Made cell) {
    use(cell);
    Origin.Frame frame = here();
    Made made = recording.define(cell.value().type(), frame);
    recording.add(new Op.Get(made.value(), cell.value(), false, origin(frame)));
    return made;
  }

  void set(Made cell, Made value) {
    use(cell);
    use(value);
    if (!cell.value().type().equals(value.value().type())) {
      throw mismatch(
          "var: declared %s at line %d, assigned %s; a var keeps its type and shape"
              .formatted(cell.value().type(), cell.line(), value.value().type()),
          cell,
          value);
    }
    recording.add(new Op.Set(cell.value(), value.term(), origin(here())));
  }

  @Override
  public Loop range(Tile from, Tile to, Tile step) {
    Operands.checkScalar(this, "range", use(from.made));
    Operands.checkScalar(this, "range", use(to.made));
    Operands.checkScalar(this, "range", use(step.made));
    return new RangeLoop(from.made.term(), to.made.term(), step.made.term(), 1);
  }

  private final class RangeLoop implements Loop {
    private final Term from;
    private final Term to;
    private final Term step;
    private final int stages;

    RangeLoop(Term from, Term to, Term step, int stages) {
      this.from = from;
      this.to = to;
      this.step = step;
      this.stages = stages;
    }

    @Override
    public Loop stages(int count) {
      require(count >= 1, "stages: must be at least 1, was %d", count);
      return new RangeLoop(from, to, step, count);
    }

    @Override
    public void each(Consumer<Tile> body) {
      Origin.Frame frame = here();
      Value index = recording.define(Type.scalar(DType.I64), frame).value();
      recording.describe(index, new Term.Fma(from, step, Term.of(1)));
      Op.Range head = new Op.Range(index, from, to, step, stages, Block.EMPTY, origin(frame));
      Nested nested = new Nested(Region.Kind.LOOP);
      recording
          .driver()
          .range(
              head,
              () ->
                  nested.record(region ->
                      body.accept(new Tile(new Made(Tracer.this, index, region, frame)))));
      recording.addNested(head.mapBlocks(_ -> nested.block()));
    }
  }

  @Override
  public void when(Mask condition, Runnable then, Runnable otherwise) {
    Operands.checkScalar(this, "when", use(condition.made));
    Origin.Frame frame = here();
    Op.When head = new Op.When(condition.made.term(), Block.EMPTY, Block.EMPTY, origin(frame));
    Nested first = new Nested(Region.Kind.BRANCH);
    Nested second = new Nested(Region.Kind.BRANCH);
    recording
        .driver()
        .when(head, () -> first.record(_ -> then.run()), () -> second.record(_ -> otherwise.run()));
    recording.addNested(
        new Op.When(head.condition(), first.block(), second.block(), head.origin()));
  }

  @Override
  public void loopWhile(Supplier<Mask> condition, Runnable body) {
    Origin.Frame frame = here();
    Nested test = new Nested(Region.Kind.LOOP);
    Nested work = new Nested(Region.Kind.LOOP);
    AtomicReference<Term> decides = new AtomicReference<>(Term.of(0));
    recording
        .driver()
        .loopWhile(
            () -> {
              test.record(_ -> {
                Made made = condition.get().made;
                Operands.checkScalar(this, "loopWhile", use(made));
                decides.set(made.term());
              });
              return decides.get();
            },
            () -> work.record(_ -> body.run()));
    recording.addNested(new Op.While(test.block(), decides.get(), work.block(), origin(frame)));
  }

  /// A block nested in an operation, as last recorded.
  private final class Nested {
    private final Region.Kind kind;
    private Block block = Block.EMPTY;

    Nested(Region.Kind kind) {
      this.kind = kind;
    }

    void record(Consumer<Region> body) {
      Region region = new Region(kind);
      recording.open(region);
      body.accept(region);
      recording.close();
      block = region.block();
    }

    Block block() {
      return block;
    }
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}

package maia.npl;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maia.base.Origin;
import maia.machine.Machine;
import maia.npl.NplException.Category;
import maia.numerics.DType;

/// Checks the instructions of one queue.
record QueueVerifier(
    Machine machine,
    Program.Queue queue,
    Map<String, Program.ArrayParam> arrays,
    Map<String, DType> scalars,
    Map<String, Program.Buffer> buffers,
    Map<String, Program.Semaphore> semaphores,
    Set<String> registers) {

  void block(List<Instr> body, Set<String> variables) {
    for (Instr instr : body) {
      instr(instr, variables);
    }
  }

  private void instr(Instr instr, Set<String> vars) {
    Origin at = instr.origin();
    switch (instr) {
      case Instr.Wait w -> semaphore("wait", w.semaphore(), w.count(), vars, at);
      case Instr.Signal s -> semaphore("signal", s.semaphore(), s.count(), vars, at);
      case Instr.Copy c -> copy(c, vars);
      case Instr.Mma m -> mma(m, vars);
      case Instr.MmaScaled m -> mmaScaled(m, vars);
      case Instr.Map m -> map(m, vars);
      case Instr.Reduce r -> reduce(r, vars);
      case Instr.Quantize q -> quantize(q, vars);
      case Instr.Set s -> {
        Fault.structure(
            !vars.contains(s.register()) && !isBuiltin(s.register()),
            at,
            "set: '%%%s' is a loop variable or a built-in register; choose another name",
            s.register());
        expr(s.value(), vars, at);
      }
      case Instr.Repeat r -> {
        expr(r.from(), vars, at);
        expr(r.to(), vars, at);
        expr(r.step(), vars, at);
        Fault.structure(
            !isBuiltin(r.variable()),
            at,
            "repeat: '%%%s' is a built-in register; choose another name",
            r.variable());
        var inner = new HashSet<>(vars);
        inner.add(r.variable());
        block(r.body(), inner);
      }
      case Instr.When w -> {
        expr(w.condition(), vars, at);
        block(w.then(), vars);
        block(w.otherwise(), vars);
      }
    }
  }

  private static boolean isBuiltin(String name) {
    return List.of(
            Builtin.TILE,
            Builtin.TILES,
            Builtin.LANE,
            Builtin.CLUSTER,
            Builtin.PROGRAMS,
            Builtin.grid(0),
            Builtin.grid(1),
            Builtin.grid(2))
        .contains(name);
  }

  private void engine(String what, Origin at, Engine... allowed) {
    Fault.structure(
        List.of(allowed).contains(queue.engine()),
        at,
        "%s cannot run on queue '%s'; put it on %s",
        what,
        queue.name(),
        LaneText.lower(allowed[0]));
  }

  // ---- expressions and references

  private void expr(Expr expr, Set<String> vars, Origin at) {
    switch (expr) {
      case Expr.Const _ -> {}
      case Expr.Reg(var name) ->
          Fault.structure(
              vars.contains(name) || registers.contains(name),
              at,
              "register '%%%s' is neither a loop variable here nor set in queue '%s'",
              name,
              queue.name());
      case Expr.Size(var array, int dim) -> {
        var param = arrays.get(array);
        Fault.structure(param != null, at, "size: no array is named '%s'", array);
        Fault.structure(
            dim >= 0 && dim < param.rank(),
            at,
            "size: array '%s' has rank %d, dimension was %d",
            array,
            param.rank(),
            dim);
      }
      case Expr.Scalar(var name) -> {
        DType type = scalars.get(name);
        Fault.structure(type != null, at, "no scalar is named '%s'", name);
        Fault.type(
            type.isInteger(),
            at,
            "scalar '%s' is %s; an index needs an integer",
            name,
            type.label());
      }
      case Expr.Binary(_, var left, var right) -> {
        expr(left, vars, at);
        expr(right, vars, at);
      }
    }
  }

  private void home(Home home, Origin at) {
    Fault.unless(
        home instanceof Home.Own,
        Category.NOT_BUILT,
        at,
        "addresses of other tiles are not built; go through cluster SRAM or cluster semaphores");
  }

  private void semaphore(String what, SemaphoreRef ref, int count, Set<String> vars, Origin at) {
    var family = semaphores.get(ref.name());
    Fault.structure(family != null, at, "%s: no semaphore is named '%s'", what, ref.name());
    home(ref.home(), at);
    expr(ref.index(), vars, at);
    Fault.unless(
        count >= 1 && count <= family.maximum(),
        Category.SEMAPHORE,
        at,
        "%s: count on '%s' must be 1..%d, was %d",
        what,
        ref.name(),
        family.maximum(),
        count);
    if (ref.index() instanceof Expr.Const(long index)) {
      Fault.unless(
          index >= 0 && index < family.count(),
          Category.OUT_OF_BOUNDS,
          at,
          "%s: semaphore '%s' has %d members, index was %d",
          what,
          ref.name(),
          family.count(),
          index);
    }
    Fault.structure(
        queue.engine() != Engine.CLUSTER_DMA || family.scope() == Program.Scope.CLUSTER,
        at,
        "%s: '%s' belongs to a tile, but queue '%s' to a cluster; use scope cluster",
        what,
        ref.name(),
        queue.name());
  }

  private Program.Buffer region(String what, Place.Region r, Set<String> vars, Origin at) {
    var buffer = buffers.get(r.buffer());
    Fault.structure(buffer != null, at, "%s: no buffer is named '%s'", what, r.buffer());
    home(r.home(), at);
    int rank = buffer.shape().size();
    Fault.structure(
        r.start().size() == rank && r.extent().size() == rank,
        at,
        "%s: buffer '%s' has rank %d, the box has %d starts and %d sizes",
        what,
        r.buffer(),
        rank,
        r.start().size(),
        r.extent().size());
    Fault.structure(
        !r.transposed() || rank >= 2,
        at,
        "%s: '%s' has rank %d; only rank 2 and above can be transposed",
        what,
        r.buffer(),
        rank);
    expr(r.slot(), vars, at);
    staticBounds(what, r.slot(), 1, buffer.slots(), "slot of '" + r.buffer() + "'", at);
    for (int d = 0; d < rank; d++) {
      expr(r.start().get(d), vars, at);
      Fault.structure(
          r.extent().get(d) > 0,
          at,
          "%s: sizes of a box must be positive, were %s",
          what,
          r.extent());
      staticBounds(
          what,
          r.start().get(d),
          r.extent().get(d),
          buffer.shape().get(d),
          "box of '" + r.buffer() + "' in dimension " + d,
          at);
    }
    return buffer;
  }

  private static void staticBounds(
      String what, Expr start, int extent, long size, String name, Origin at) {
    if (start instanceof Expr.Const(long first)) {
      Fault.unless(
          first >= 0 && first + extent <= size,
          Category.OUT_OF_BOUNDS,
          at,
          "%s: %s runs over [%d, %d), there is [0, %d)",
          what,
          name,
          first,
          first + extent,
          size);
    }
  }

  private Program.Buffer tile(String what, Place.Region r, Set<String> vars, Origin at) {
    var buffer = region(what, r, vars, at);
    Fault.structure(
        buffer.space() != Space.CSRAM,
        at,
        "%s: '%s' lies in cluster SRAM; copy it to tile SRAM first",
        what,
        r.buffer());
    return buffer;
  }

  // ---- DMA

  private void copy(Instr.Copy c, Set<String> vars) {
    Origin at = c.origin();
    engine("copy", at, Engine.TILE_DMA, Engine.CLUSTER_DMA);
    switch (c.from()) {
      case Place.Window from -> {
        switch (c.to()) {
          case Place.Region to -> move(from, to, true, vars, at);
          case Place.Window _ ->
              Fault.structure(false, at, "copy: both sides lie in HBM; go through a buffer");
        }
      }
      case Place.Region from -> {
        switch (c.to()) {
          case Place.Window to -> move(to, from, false, vars, at);
          case Place.Region to -> moveOnChip(from, to, vars, at);
        }
      }
    }
  }

  private void moveOnChip(Place.Region from, Place.Region to, Set<String> vars, Origin at) {
    var source = region("copy", from, vars, at);
    var target = region("copy", to, vars, at);
    reachable(source, at);
    reachable(target, at);
    Fault.structure(
        from.shape().equals(to.shape()),
        at,
        "copy: boxes differ: %s against %s",
        from.shape(),
        to.shape());
    Fault.type(
        source.type().isFloat() == target.type().isFloat(),
        at,
        "copy: %s cannot be copied to %s; cast on the vector unit",
        source.type().label(),
        target.type().label());
  }

  private void reachable(Program.Buffer b, Origin at) {
    Fault.structure(
        queue.engine() != Engine.CLUSTER_DMA || b.space() == Space.CSRAM,
        at,
        "copy: cluster queue '%s' reaches cluster SRAM only, '%s' lies in a tile",
        queue.name(),
        b.name());
  }

  private void move(
      Place.Window window, Place.Region region, boolean load, Set<String> vars, Origin at) {
    var buffer = region("copy", region, vars, at);
    reachable(buffer, at);
    var array = arrays.get(window.array());
    Fault.structure(array != null, at, "copy: no array is named '%s'", window.array());
    Fault.structure(
        window.axes().size() == array.rank(),
        at,
        "copy: array '%s' has rank %d, the window has %d axes",
        array.name(),
        array.rank(),
        window.axes().size());
    Fault.type(
        array.type().isFloat() == buffer.type().isFloat(),
        at,
        "copy: array '%s' is %s, buffer '%s' is %s; cast on the vector unit",
        array.name(),
        array.type().label(),
        buffer.name(),
        buffer.type().label());
    Fault.structure(
        load || array.access() != Program.Access.IN,
        at,
        "copy: array '%s' is an input; declare it out or in_out to store to it",
        array.name());
    axes(window, region, array, vars, at);
  }

  private void axes(
      Place.Window window,
      Place.Region region,
      Program.ArrayParam array,
      Set<String> vars,
      Origin at) {
    List<Integer> box = region.shape();
    var covered = new ArrayList<Integer>();
    for (int d = 0; d < window.axes().size(); d++) {
      Place.Axis axis = window.axes().get(d);
      expr(axis.start(), vars, at);
      axis.low().ifPresent(e -> expr(e, vars, at));
      axis.high().ifPresent(e -> expr(e, vars, at));
      int along = axis.along();
      Fault.structure(
          along >= -1 && along < box.size() && (along >= 0 || axis.extent() == 1),
          at,
          "copy: axis %d of '%s' has extent %d along box dimension %d of a box %s",
          d,
          array.name(),
          axis.extent(),
          along,
          box);
      if (along >= 0) {
        Fault.structure(
            !covered.contains(along) && box.get(along) == axis.extent(),
            at,
            "copy: axis %d of '%s' has %d indices, dimension %d of the box %s differs"
                + " or is filled twice",
            d,
            array.name(),
            axis.extent(),
            along,
            box);
        covered.add(along);
      }
      staticWindow(axis, d, array, at);
    }
    for (int d = 0; d < box.size(); d++) {
      Fault.structure(
          box.get(d) == 1 || covered.contains(d),
          at,
          "copy: no axis of '%s' fills dimension %d of the box %s",
          array.name(),
          d,
          box);
    }
  }

  private static void staticWindow(Place.Axis axis, int dim, Program.ArrayParam array, Origin at) {
    boolean masked = axis.low().isPresent() || axis.high().isPresent();
    if (!array.shape().isEmpty() && !masked && axis.start() instanceof Expr.Const(long first)) {
      long size = array.shape().get(dim);
      long last = first + axis.step() * (axis.extent() - 1L);
      Fault.unless(
          Math.min(first, last) >= 0 && Math.max(first, last) < size,
          Category.OUT_OF_BOUNDS,
          at,
          "copy: dimension %d of the window runs over [%d, %d], outside '%s' %s;"
              + " move it inside or mask it",
          dim,
          Math.min(first, last),
          Math.max(first, last),
          array.name(),
          array.shape());
    }
  }

  // ---- tensor unit

  private void mma(Instr.Mma m, Set<String> vars) {
    operands("mma", m.acc(), m.a(), m.b(), vars, m.origin());
    expr(m.clear(), vars, m.origin());
  }

  private void operands(
      String what, Place.Region acc, Place.Region a, Place.Region b, Set<String> vars, Origin at) {
    engine(what, at, Engine.TTU);
    var target = tile(what, acc, vars, at);
    Fault.type(
        target.type() == DType.F32 && !acc.transposed(),
        at,
        "%s: the accumulator must be an f32 box as stored, '%s' is %s",
        what,
        acc.buffer(),
        target.type().label());
    DType left = tile(what, a, vars, at).type();
    DType right = tile(what, b, vars, at).type();
    Fault.type(
        machine.ttu().depth(left, right).isPresent(),
        at,
        "%s: the tensor unit takes %s, operands are %s and %s;"
            + " fp32 dot products run on the vector unit, or convert the operands",
        what,
        types(),
        left.label(),
        right.label());
    int m = dim(what, acc, 2, at);
    int n = dim(what, acc, 1, at);
    int k = dim(what, a, 1, at);
    Fault.structure(
        dim(what, a, 2, at) == m && dim(what, b, 2, at) == k && dim(what, b, 1, at) == n,
        at,
        "%s: shapes do not fit: acc is %s, a is %s, b is %s",
        what,
        acc.shape(),
        a.shape(),
        b.shape());
  }

  private String types() {
    var labels = new ArrayList<String>();
    machine.ttu().types().forEach(t -> labels.add(t.label()));
    return String.join(", ", labels);
  }

  /// The size of a dimension counted from the last (1); leading ones must be 1.
  private static int dim(String what, Place.Region r, int fromLast, Origin at) {
    List<Integer> shape = r.shape();
    Fault.structure(
        shape.size() >= 2 && shape.stream().limit(shape.size() - 2L).allMatch(s -> s == 1),
        at,
        "%s: an operand must be a matrix, '%s' is %s",
        what,
        r.buffer(),
        shape);
    return shape.get(shape.size() - fromLast);
  }

  private void mmaScaled(Instr.MmaScaled m, Set<String> vars) {
    Origin at = m.origin();
    operands("mma_scaled", m.acc(), m.a(), m.b(), vars, at);
    expr(m.clear(), vars, at);
    DType left = tile("mma_scaled", m.aScale(), vars, at).type();
    DType right = tile("mma_scaled", m.bScale(), vars, at).type();
    Fault.type(
        isScale(left) && isScale(right),
        at,
        "mma_scaled: scales must be e8m0 or ue4m3, were %s and %s",
        left.label(),
        right.label());
    int k = dim("mma_scaled", m.a(), 1, at);
    Fault.structure(
        m.block() > 0 && k % m.block() == 0,
        at,
        "mma_scaled: k must be a multiple of the block, was %d with block %d",
        k,
        m.block());
    int blocks = k / m.block();
    Fault.structure(
        dim("mma_scaled", m.aScale(), 2, at) == dim("mma_scaled", m.a(), 2, at)
            && dim("mma_scaled", m.aScale(), 1, at) == blocks
            && dim("mma_scaled", m.bScale(), 2, at) == blocks
            && dim("mma_scaled", m.bScale(), 1, at) == dim("mma_scaled", m.b(), 1, at),
        at,
        "mma_scaled: scale shapes do not fit: a is %s with %s, b is %s with %s, block %d",
        m.a().shape(),
        m.aScale().shape(),
        m.b().shape(),
        m.bScale().shape(),
        m.block());
  }

  private static boolean isScale(DType type) {
    return type == DType.E8M0 || type == DType.UE4M3;
  }

  // ---- vector processor

  private void map(Instr.Map m, Set<String> vars) {
    engine("map", m.origin(), Engine.TVP);
    var out = tile("map", m.out(), vars, m.origin());
    var kind = lane("map", m.value(), m.out().shape(), vars, m.origin());
    stored("map", kind, out, m.origin());
  }

  private static void stored(String what, Lanes.Kind kind, Program.Buffer out, Origin at) {
    Fault.type(
        kind == Lanes.Kind.of(out.type()),
        at,
        "%s: the value is %s, '%s' holds %s; cast it",
        what,
        LaneText.lower(kind),
        out.name(),
        out.type().label());
  }

  private Lanes.Kind lane(String what, Lane value, List<Integer> box, Set<String> vars, Origin at) {
    Lanes.visit(
        value,
        node -> {
          switch (node) {
            case Lane.In(var region) -> {
              tile(what, region, vars, at);
              broadcast(what, region, box, at);
            }
            case Lane.Index(var e) -> expr(e, vars, at);
            case Lane.Scalar(var name) ->
                Fault.type(
                    scalars.get(name) == DType.F32,
                    at,
                    "%s: '%s' must be a scalar of type f32",
                    what,
                    name);
            case Lane.Iota(int dim) ->
                Fault.structure(
                    dim >= 0 && dim < box.size(), at, "%s: iota(%d) of a box %s", what, dim, box);
            case Lane.Const _, Lane.Unary _, Lane.Binary _, Lane.Fma _, Lane.Select _ -> {}
            case Lane.Cast _ -> {}
          }
        });
    return Lanes.kind(value, name -> buffers.get(name).type(), at);
  }

  private static void broadcast(String what, Place.Region region, List<Integer> box, Origin at) {
    List<Integer> shape = region.shape();
    boolean fits = shape.size() <= box.size();
    for (int d = 1; fits && d <= shape.size(); d++) {
      int size = shape.get(shape.size() - d);
      fits = size == 1 || size == box.get(box.size() - d);
    }
    Fault.structure(
        fits, at, "%s: '%s' %s does not broadcast to %s", what, region.buffer(), shape, box);
  }

  private void reduce(Instr.Reduce r, Set<String> vars) {
    Origin at = r.origin();
    engine("reduce", at, Engine.TVP);
    var out = tile("reduce", r.out(), vars, at);
    Fault.structure(
        r.axis() >= 0 && r.axis() < r.extent().size() && r.extent().stream().allMatch(s -> s > 0),
        at,
        "reduce: axis %d of a box %s",
        r.axis(),
        r.extent());
    var kind = lane("reduce", r.value(), r.extent(), vars, at);
    Fault.type(kind != Lanes.Kind.BOOL, at, "reduce: takes numbers, was a truth value; use select");
    stored("reduce", kind, out, at);
    var removed = new ArrayList<>(r.extent());
    removed.remove(r.axis());
    var kept = new ArrayList<>(r.extent());
    kept.set(r.axis(), 1);
    Fault.structure(
        r.out().shape().equals(removed) || r.out().shape().equals(kept),
        at,
        "reduce: along axis %d of %s gives %s or %s, '%s' is %s",
        r.axis(),
        r.extent(),
        removed,
        kept,
        r.out().buffer(),
        r.out().shape());
  }

  private void quantize(Instr.Quantize q, Set<String> vars) {
    Origin at = q.origin();
    engine("quantize", at, Engine.TVP);
    var elements = tile("quantize", q.elements(), vars, at);
    var scales = tile("quantize", q.scales(), vars, at);
    var in = tile("quantize", q.in(), vars, at);
    Fault.type(
        in.type() == DType.F32
            && elements.type() == q.format().element()
            && scales.type() == q.format().scale(),
        at,
        "quantize: %s needs f32 rows, %s elements and %s scales, was %s, %s and %s",
        q.format().label(),
        q.format().element().label(),
        q.format().scale().label(),
        in.type().label(),
        elements.type().label(),
        scales.type().label());
    List<Integer> shape = q.in().shape();
    Fault.structure(!shape.isEmpty(), at, "quantize: '%s' has no dimension", q.in().buffer());
    var blocks = new ArrayList<>(shape);
    int last = shape.size() - 1;
    blocks.set(last, Math.ceilDiv(shape.get(last), q.format().block()));
    Fault.structure(
        q.elements().shape().equals(shape) && q.scales().shape().equals(blocks),
        at,
        "quantize: rows are %s, so elements must be %s and scales %s, were %s and %s",
        shape,
        shape,
        blocks,
        q.elements().shape(),
        q.scales().shape());
  }
}

package maia.npl;

import java.util.List;
import java.util.Map;
import java.util.Set;
import maia.base.Origin;
import maia.machine.Machine;
import maia.npl.NplException.Category;
import maia.numerics.DType;

/// Checks what the instructions of one queue refer to.
record OperandVerifier(
    Machine machine,
    Program.Queue queue,
    Map<String, Program.ArrayParam> arrays,
    Map<String, DType> scalars,
    Map<String, Program.Buffer> buffers,
    Map<String, Program.Semaphore> semaphores,
    Set<String> registers) {

  void engine(String what, Origin at, Engine... allowed) {
    Fault.structure(
        List.of(allowed).contains(queue.engine()),
        at,
        "%s cannot run on queue '%s'; put it on %s",
        what,
        queue.name(),
        LaneText.lower(allowed[0]));
  }

  void expr(Expr expr, Set<String> vars, Origin at) {
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

  private void home(Home home, Set<String> vars, Origin at) {
    switch (home) {
      case Home.Own _ -> {}
      case Home.At(var chip, var cluster, var lane) -> {
        expr(chip, vars, at);
        expr(cluster, vars, at);
        expr(lane, vars, at);
        Fault.unless(
            !(chip instanceof Expr.Const(long number)) || number == 0,
            Category.NOT_BUILT,
            at,
            "chip %s: there is one chip, number 0",
            ExprText.print(chip));
      }
      case Home.Lanes(var first, var count, var step) -> {
        expr(first, vars, at);
        expr(count, vars, at);
        expr(step, vars, at);
      }
    }
  }

  private static boolean isOwn(Home home) {
    return home instanceof Home.Own;
  }

  void semaphore(String what, SemaphoreRef ref, int count, Set<String> vars, Origin at) {
    var family = semaphores.get(ref.name());
    Fault.structure(family != null, at, "%s: no semaphore is named '%s'", what, ref.name());
    home(ref.home(), vars, at);
    boolean remote = !isOwn(ref.home());
    Fault.structure(
        !remote || what.equals("signal"),
        at,
        "wait: '%s' of another tile; a queue waits for semaphores of its own tile or cluster",
        ref.name());
    Fault.structure(
        !remote || family.scope() == Program.Scope.TILE,
        at,
        "signal: '%s' belongs to the cluster and needs no tile; leave out 'on'",
        ref.name());
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
        queue.engine() != Engine.CLUSTER_DMA || family.scope() == Program.Scope.CLUSTER || remote,
        at,
        "%s: '%s' belongs to a tile, but queue '%s' to a cluster; use scope cluster",
        what,
        ref.name(),
        queue.name());
  }

  /// A box of the executing tile or its cluster.
  Program.Buffer region(String what, Place.Region r, Set<String> vars, Origin at) {
    Fault.structure(
        isOwn(r.home()),
        at,
        "%s: '%s' lies on another tile; only copies and signals reach other tiles",
        what,
        r.buffer());
    return anywhere(what, r, vars, at);
  }

  /// A box of the executing tile, its cluster, or another tile of the cluster.
  Program.Buffer anywhere(String what, Place.Region r, Set<String> vars, Origin at) {
    var buffer = buffers.get(r.buffer());
    Fault.structure(buffer != null, at, "%s: no buffer is named '%s'", what, r.buffer());
    home(r.home(), vars, at);
    Fault.structure(
        isOwn(r.home()) || buffer.space() != Space.CSRAM,
        at,
        "%s: '%s' lies in cluster SRAM, which is no tile's; leave out 'on'",
        what,
        r.buffer());
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
    r.limits().forEach(limit -> limit.ifPresent(e -> expr(e, vars, at)));
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

  Program.Buffer tile(String what, Place.Region r, Set<String> vars, Origin at) {
    var buffer = region(what, r, vars, at);
    Fault.structure(
        buffer.space() != Space.CSRAM,
        at,
        "%s: '%s' lies in cluster SRAM; copy it to tile SRAM first",
        what,
        r.buffer());
    return buffer;
  }
}

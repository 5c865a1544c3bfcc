package maia.npl;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import maia.base.Check;
import maia.base.Origin;
import maia.numerics.DType;

/// Checks what the vector processor executes.
record VectorVerifier(OperandVerifier operands) {
  void map(Instr.Map m, Set<String> vars) {
    operands.engine("map", m.origin(), Engine.TVP);
    var out = operands.tile("map", m.out(), vars, m.origin());
    var kind = lane("map", m.value(), m.out().shape(), vars, m.origin());
    stored("map", kind, out, m.origin());
  }

  private static void noParameters(String what, Lane value, Origin at) {
    Lanes.visit(
        value,
        node ->
            Fault.structure(
                !(node instanceof Lane.Param),
                at,
                "%s: parameters exist in the combiner of a fold only",
                what));
  }

  static void stored(String what, Lanes.Kind kind, Program.Buffer out, Origin at) {
    Fault.type(
        kind == Lanes.Kind.of(out.type()),
        at,
        "%s: the value is %s, '%s' holds %s; cast it",
        what,
        LaneText.lower(kind),
        out.name(),
        out.type().label());
  }

  /// The kind of a lane expression outside a combiner.
  Lanes.Kind lane(String what, Lane value, List<Integer> box, Set<String> vars, Origin at) {
    noParameters(what, value, at);
    return combined(what, value, box, vars, at);
  }

  /// The kind of a lane expression that may have parameters.
  Lanes.Kind combined(String what, Lane value, List<Integer> box, Set<String> vars, Origin at) {
    Lanes.visit(
        value,
        node -> {
          switch (node) {
            case Lane.In(var region) -> {
              operands.tile(what, region, vars, at);
              broadcast(what, region, box, at);
            }
            case Lane.Index(var e) -> operands.expr(e, vars, at);
            case Lane.Scalar(var name) ->
                Fault.type(
                    operands.scalars().get(name) == DType.F32,
                    at,
                    "%s: '%s' must be a scalar of type f32",
                    what,
                    name);
            case Lane.Iota(int dim) ->
                Fault.structure(
                    dim >= 0 && dim < box.size(), at, "%s: iota(%d) of a box %s", what, dim, box);
            case Lane.Const _, Lane.Unary _, Lane.Binary _, Lane.Fma _, Lane.Select _ -> {}
            case Lane.Cast _, Lane.Bitcast _, Lane.Philox _ -> {}
            case Lane.Param _ -> {}
            case Lane.Pick(var region, var index) -> {
              operands.tile(what, region, vars, at);
              IrregularVerifier.noLimits(region, at);
              Fault.structure(
                  index.size() == region.shape().size(),
                  at,
                  "%s: pick of '%s' %s needs %d indices, has %d",
                  what,
                  region.buffer(),
                  region.shape(),
                  region.shape().size(),
                  index.size());
            }
          }
        });
    return Lanes.kind(
        value,
        name -> Check.present(operands.buffers().get(name), "VectorVerifier", name).type(),
        at);
  }

  static void broadcast(String what, Place.Region region, List<Integer> box, Origin at) {
    List<Integer> shape = region.shape();
    boolean fits = shape.size() <= box.size();
    for (int d = 1; fits && d <= shape.size(); d++) {
      int size = shape.get(shape.size() - d);
      fits = size == 1 || size == box.get(box.size() - d);
    }
    Fault.structure(
        fits, at, "%s: '%s' %s does not broadcast to %s", what, region.buffer(), shape, box);
  }

  void reduce(Instr.Reduce r, Set<String> vars) {
    Origin at = r.origin();
    operands.engine("reduce", at, Engine.TVP);
    var out = operands.tile("reduce", r.out(), vars, at);
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

  void quantize(Instr.Quantize q, Set<String> vars) {
    Origin at = q.origin();
    operands.engine("quantize", at, Engine.TVP);
    var elements = operands.tile("quantize", q.elements(), vars, at);
    var scales = operands.tile("quantize", q.scales(), vars, at);
    var in = operands.tile("quantize", q.in(), vars, at);
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

package maia.npl;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import maia.base.Origin;
import maia.numerics.DType;

/// Checks products.
record TensorVerifier(OperandVerifier operands) {
  void mma(Instr.Mma m, Set<String> vars) {
    product("mma", m.acc(), m.a(), m.b(), vars, m.origin());
    operands.expr(m.clear(), vars, m.origin());
  }

  private void product(
      String what, Place.Region acc, Place.Region a, Place.Region b, Set<String> vars, Origin at) {
    boolean onVectors = operands.queue().engine() == Engine.TVP && what.equals("mma");
    operands.engine(what, at, onVectors ? Engine.TVP : Engine.TTU);
    var target = operands.tile(what, acc, vars, at);
    DType left = operands.tile(what, a, vars, at).type();
    DType right = operands.tile(what, b, vars, at).type();
    DType sums =
        what.equals("mma") && left == DType.I8 && right == DType.I8 ? DType.I32 : DType.F32;
    Fault.type(
        target.type() == sums && !acc.transposed(),
        at,
        "%s: the accumulator must be an %s box as stored, '%s' is %s",
        what,
        sums.label(),
        acc.buffer(),
        target.type().label());
    Fault.type(
        !onVectors || left == DType.F32 && right == DType.F32,
        at,
        "%s: the vector processor multiplies f32, operands are %s and %s; put it on ttu",
        what,
        left.label(),
        right.label());
    Fault.type(
        onVectors || operands.machine().ttu().depth(left, right).isPresent(),
        at,
        "%s: the tensor unit takes %s, operands are %s and %s;"
            + " put fp32 products on tvp, or convert the operands",
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
    operands.machine().ttu().types().forEach(t -> labels.add(t.label()));
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

  void mmaScaled(Instr.MmaScaled m, Set<String> vars) {
    Origin at = m.origin();
    product("mma_scaled", m.acc(), m.a(), m.b(), vars, at);
    operands.expr(m.clear(), vars, at);
    DType left = operands.tile("mma_scaled", m.aScale(), vars, at).type();
    DType right = operands.tile("mma_scaled", m.bScale(), vars, at).type();
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
}

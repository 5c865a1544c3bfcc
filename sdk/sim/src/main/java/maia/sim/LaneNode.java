package maia.sim;

import java.util.List;
import maia.npl.Lane;
import maia.npl.Lanes;
import maia.numerics.DType;

/// A lane expression bound to a launch.
sealed interface LaneNode {
  /// What its lanes hold.
  Lanes.Kind kind();

  record In(Op.RegionRef region, Lanes.Kind kind) implements LaneNode {}

  record Const(float value) implements LaneNode {
    @Override
    public Lanes.Kind kind() {
      return Lanes.Kind.FLOAT;
    }
  }

  record Index(int operand) implements LaneNode {
    @Override
    public Lanes.Kind kind() {
      return Lanes.Kind.INT;
    }
  }

  record Iota(int dim) implements LaneNode {
    @Override
    public Lanes.Kind kind() {
      return Lanes.Kind.INT;
    }
  }

  /// Integer results are `bits` wide.
  record Unary(Lane.UnaryOp op, LaneNode x, Lanes.Kind kind, int bits) implements LaneNode {}

  /// Integer results are `bits` wide.
  record Binary(Lane.BinaryOp op, LaneNode x, LaneNode y, Lanes.Kind kind, int bits)
      implements LaneNode {}

  record Fma(LaneNode x, LaneNode y, LaneNode z) implements LaneNode {
    @Override
    public Lanes.Kind kind() {
      return Lanes.Kind.FLOAT;
    }
  }

  record Select(LaneNode condition, LaneNode x, LaneNode y) implements LaneNode {
    @Override
    public Lanes.Kind kind() {
      return x.kind();
    }
  }

  record Cast(DType type, LaneNode x, Lane.Cast rules) implements LaneNode {
    @Override
    public Lanes.Kind kind() {
      return Lanes.Kind.of(type);
    }
  }

  record Bitcast(DType from, DType to, LaneNode x) implements LaneNode {
    @Override
    public Lanes.Kind kind() {
      return Lanes.Kind.of(to);
    }
  }

  record Pick(Op.RegionRef region, List<LaneNode> index, Lanes.Kind kind) implements LaneNode {}

  /// A word of the random number generator.
  ///
  /// @param isWide whether the offset has 64 bits
  record Philox(LaneNode seed, LaneNode offset, int word, boolean isWide) implements LaneNode {
    @Override
    public Lanes.Kind kind() {
      return Lanes.Kind.INT;
    }
  }

  /// Operand `at` of the combiner: the left ones, then the right ones.
  record Param(int at, Lanes.Kind kind) implements LaneNode {}
}

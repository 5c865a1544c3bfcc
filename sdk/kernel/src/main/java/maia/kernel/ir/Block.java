package maia.kernel.ir;

import java.util.List;

/// Operations in program order.
public record Block(List<Op> ops) {
  /// No operations.
  public static final Block EMPTY = new Block(List.of());

  public Block {
    ops = List.copyOf(ops);
  }
}

package maia.kernel;

import java.util.ArrayList;
import java.util.List;
import maia.kernel.ir.Block;
import maia.kernel.ir.Op;

/// A block being recorded.
final class Region {
  /// What kind of block.
  enum Kind {
    KERNEL("the kernel"),
    LOOP("a loop"),
    BRANCH("a branch"),
    COMBINER("a combiner");

    final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  final Kind kind;
  final List<Op> ops = new ArrayList<>();

  Region(Kind kind) {
    this.kind = kind;
  }

  Block block() {
    return new Block(ops);
  }
}

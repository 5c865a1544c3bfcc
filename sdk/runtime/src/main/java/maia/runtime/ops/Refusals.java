package maia.runtime.ops;

import java.util.List;

/// Operations that the chip does not compute, and those that are no computation of their own.
final class Refusals {
  private static final String ELIMINATION =
      "elimination and rotations work element after element; the chip multiplies matrices";
  private static final Rule PARTS = new Rule.Parts("as the operations it is made of");

  private Refusals() {}

  static void enter(Table table) {
    Table.Family linear = table.family("linear algebra");
    for (String op :
        List.of(
            "Cholesky",
            "Solve",
            "TriangularSolve",
            "Det",
            "DetSign",
            "LogAbsDet",
            "Qr",
            "Svd",
            "Eigh")) {
      String name = Character.toLowerCase(op.charAt(0)) + op.substring(1);
      linear.refuse(name, "MatrixOp." + op, ELIMINATION);
    }
    table
        .family("others")
        .refuse(
            "dropout", "Drop", "its stream of random numbers is the host's; eval() drops nothing")
        .refuse("nonzero", "Nonzero", "the size of its result depends on the values")
        .refuse("searchsorted", "Sets.Search", "the kernels have no search")
        .refuse("view gradients", "Region.Take", "gradients through views written in place")
        .refuse("view gradients", "Region.Put", "gradients through views written in place")
        .refuse("view gradients", "Region.Add", "gradients through views written in place")
        .row("custom functions", "Custom", "", PARTS)
        .row("checkpoint", "Checkpoint", "", PARTS)
        .row("to(device)", "Transfer", Types.MEMORY.label(), new Rule.Parts("a copy, no kernel"));
  }
}

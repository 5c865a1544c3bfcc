package maia.kernel.lower;

import java.util.ArrayList;
import java.util.List;
import maia.base.Origin;
import maia.machine.Machine;
import maia.npl.Builtin;
import maia.npl.Expr;
import maia.npl.Expr.Operator;
import maia.npl.Instr;

/// The order in which programs are walked: the loop around a queue's body, and the registers that
/// say which program it is.
///
/// Rectangles of programs (superblocks) are walked in columns as high as the chip has clusters;
/// each column starts one row further down than the one before, so that every cluster meets every
/// row of superblocks equally often: their heights may differ.
record Walk(GridMap map, Machine machine, Origin origin) {
  /// The first row of programs of the superblock.
  static final String ROW = "row";

  /// The first column of programs of the superblock.
  static final String COLUMN = "column";

  /// The superblock.
  static final String SUPER = "superblock";

  /// Whether the superblock needs other blocks kept than the one before.
  static final String FRESH = "fresh";

  /// Whether the next one needs other blocks kept than the superblock.
  static final String LAST = "last";

  private static final Expr ROWS = Expr.reg("superrows");
  private static final Expr COLUMNS = Expr.reg("supercolumns");

  /// The loop of a tile's queue; `idle` is what a lane without a program executes.
  Instr tile(List<Integer> dims, List<Instr> body, List<Instr> idle) {
    if (!map.isRectangle()) {
      List<Instr> all = new ArrayList<>();
      dims.forEach(dim -> all.add(set(Scalars.programRegister(dim), index(dim))));
      all.addAll(body);
      return new Instr.Repeat(
          Builtin.PROGRAM,
          Expr.reg(Builtin.TILE),
          Expr.reg(Builtin.PROGRAMS),
          Expr.reg(Builtin.TILES),
          all,
          origin);
    }
    Expr lane = Expr.reg(Builtin.LANE);
    Expr row = Expr.reg(ROW).plus(lane.rem(map.down()));
    Expr column = Expr.reg(COLUMN).plus(lane.div(map.down()));
    Expr pid0 = Expr.reg(Scalars.programRegister(0));
    Expr pid1 = Expr.reg(Scalars.programRegister(1));
    List<Instr> all = new ArrayList<>(superblock());
    all.add(set(Scalars.programRegister(0), row));
    all.add(set(Scalars.programRegister(1), column));
    List<Instr> active = new ArrayList<>();
    Expr plane = Expr.reg(Builtin.grid(1)).times(Expr.reg(Scalars.programRegister(2)));
    active.add(set(Builtin.PROGRAM, pid0.plus(Expr.reg(Builtin.grid(0)).times(pid1.plus(plane)))));
    active.addAll(body);
    Expr isProgram =
        Expr.binary(
            Operator.AND, pid0.lt(Expr.reg(Builtin.grid(0))), pid1.lt(Expr.reg(Builtin.grid(1))));
    all.add(new Instr.When(isProgram, active, idle, origin));
    int lanes = map.down() * map.across();
    return lanes == machine.tilesPerCluster()
        ? loop(all)
        : new Instr.When(lane.lt(Expr.of(lanes)), List.of(loop(all)), List.of(), origin);
  }

  /// The loop of a cluster's queue.
  Instr cluster(List<Instr> body) {
    List<Instr> all = new ArrayList<>(superblock());
    all.addAll(body);
    return loop(all);
  }

  /// The registers that say where superblock [#SUPER] lies.
  List<Instr> superblock() {
    if (map.kept() >= 0) {
      return alongStrips();
    }
    Expr high = Expr.of(machine.clusters());
    Expr supers = ROWS.times(COLUMNS);
    Expr within = Expr.reg(SUPER).rem(supers);
    Expr perGroup = COLUMNS.times(high);
    Expr first = Expr.reg("first");
    Expr height = Expr.reg("height");
    Expr inside = within.rem(perGroup);
    Expr step = Expr.reg("step");
    return List.of(
        set("superrows", rows()),
        set("supercolumns", columns()),
        set(Scalars.programRegister(2), Expr.reg(SUPER).div(supers)),
        set("first", within.div(perGroup).times(high)),
        set("height", Expr.binary(Operator.MIN, ROWS.minus(first), high)),
        set("step", inside.div(height)),
        set(ROW, first.plus(inside.plus(step).rem(height)).times(map.down())),
        set(COLUMN, step.times(map.across())));
  }

  /// Superblocks that share what is kept follow each other.
  private List<Instr> alongStrips() {
    Expr within = Expr.reg(SUPER).rem(ROWS.times(COLUMNS));
    Expr along = map.kept() == 0 ? COLUMNS : ROWS;
    Expr strip = within.div(along);
    Expr place = within.rem(along);
    Expr next = Expr.reg(SUPER).plus(1);
    Expr starts = Expr.binary(Operator.EQ, Expr.reg(SUPER), begin());
    Expr ends = Expr.binary(Operator.EQ, next, end());
    return List.of(
        set("superrows", rows()),
        set("supercolumns", columns()),
        set(Scalars.programRegister(2), Expr.reg(SUPER).div(ROWS.times(COLUMNS))),
        set(ROW, (map.kept() == 0 ? strip : place).times(map.down())),
        set(COLUMN, (map.kept() == 0 ? place : strip).times(map.across())),
        set(FRESH, Expr.binary(Operator.OR, starts, place.eq(0))),
        set(LAST, Expr.binary(Operator.OR, ends, next.rem(along).eq(0))));
  }

  private Expr supers() {
    return rows().times(columns()).times(Expr.reg(Builtin.grid(2)));
  }

  /// The first superblock of a cluster that takes neighbouring ones.
  Expr begin() {
    return Expr.reg(Builtin.CLUSTER).times(supers()).div(machine.clusters());
  }

  /// The one behind its last.
  Expr end() {
    return Expr.reg(Builtin.CLUSTER).plus(1).times(supers()).div(machine.clusters());
  }

  private Instr loop(List<Instr> body) {
    return map.kept() >= 0
        ? new Instr.Repeat(SUPER, begin(), end(), Expr.ONE, body, origin)
        : new Instr.Repeat(
            SUPER, Expr.reg(Builtin.CLUSTER), supers(), Expr.of(machine.clusters()), body, origin);
  }

  private Expr rows() {
    return Expr.binary(Operator.CDIV, Expr.reg(Builtin.grid(0)), Expr.of(map.down()));
  }

  private Expr columns() {
    return Expr.binary(Operator.CDIV, Expr.reg(Builtin.grid(1)), Expr.of(map.across()));
  }

  private Instr set(String register, Expr value) {
    return new Instr.Set(register, value, origin);
  }

  private static Expr index(int dim) {
    Expr index = Expr.reg(Builtin.PROGRAM);
    for (int d = 0; d < dim; d++) {
      index = index.div(Expr.reg(Builtin.grid(d)));
    }
    return dim == 2 ? index : index.rem(Expr.reg(Builtin.grid(dim)));
  }
}

package maia.sim.fidelity;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import maia.machine.Machine;
import maia.npl.Builtin;
import maia.npl.Expr;
import maia.npl.Expr.Operator;
import maia.npl.HbmArray;
import maia.npl.Home;
import maia.npl.Lane;
import maia.npl.Npl;
import maia.npl.OnChip;
import maia.npl.Program;
import maia.npl.QueueBuilder;
import maia.npl.Sem;
import maia.npl.TileProgram;
import maia.numerics.DType;

/// `C = A x B` written by hand for all tiles of a chip.
///
/// A cluster computes a superblock of C at a time; its tiles form a grid of `shape.tileRows` x
/// `shape.tileColumns`, and each owns one block of it. The cluster DMA stages a panel of A and one
/// of B in cluster SRAM, once for all tiles; the two channels of a tile fetch its rows and columns
/// from there; the tensor unit sums in one of two accumulators while the vector processor rounds
/// the other; the results leave in pieces between the fetches of the next block.
///
/// The program does not depend on the sizes of the arrays: it divides their rows and columns into
/// superblocks of nearly equal size, so ragged edges cost what they use.
final class ClusterGemm {
  /// Rows and columns that the tensor unit takes at once, and rows of a piece of the result.
  static final int UNIT = 32;

  private final Machine machine;
  private final GemmShape shape;
  private final int channels;
  private final int lanes;

  private HbmArray a;
  private HbmArray b;
  private HbmArray c;
  private Expr superRows;
  private Expr superColumns;
  private Expr unitRows;
  private Expr unitColumns;

  private OnChip panelA;
  private OnChip panelB;
  private OnChip blockA;
  private OnChip blockB;
  private OnChip sums;
  private OnChip out;
  private Sem taken;
  private Sem stagedA;
  private Sem stagedB;
  private Sem freeA;
  private Sem freeB;
  private Sem full;
  private Sem sumFree;
  private Sem summed;
  private Sem outFree;
  private Sem ready;

  private ClusterGemm(Machine machine, GemmShape shape, TileProgram t) {
    this.machine = machine;
    this.shape = shape;
    this.channels = machine.clusterDma().channels();
    this.lanes = machine.tilesPerCluster();
    arrays(t);
    buffers(t);
    semaphores(t);
  }

  /// The program for blocks of `shape`: arrays A (M x K), B (K x N) and C (M x N); scalars: rows
  /// and columns of superblocks, and the granularity in which rows and columns are dealt to them.
  static Program program(Machine machine, GemmShape shape) {
    return Npl.program(
        "cluster_gemm",
        t -> {
          t.everyTile();
          new ClusterGemm(machine, shape, t).queues(t);
        });
  }

  private void arrays(TileProgram t) {
    a = t.hbmOfRank("A", shape.type(), 2);
    b = t.hbmOfRank("B", shape.type(), 2);
    c = t.hbmOfRank("C", shape.result(), 2);
    superRows = t.scalar("super_rows", DType.I64);
    superColumns = t.scalar("super_columns", DType.I64);
    unitRows = t.scalar("unit_rows", DType.I64);
    unitColumns = t.scalar("unit_columns", DType.I64);
  }

  private void buffers(TileProgram t) {
    int bk = shape.depth();
    panelA = t.csram("panel_a", shape.type(), shape.panels(), shape.superRows(), bk);
    panelB = t.csram("panel_b", shape.type(), shape.panels(), bk, shape.superColumns());
    sums = t.accumulators("sums", DType.F32, 2, shape.rows(), shape.columns());
    blockA = t.sram("a", shape.type(), shape.slots(), shape.rows(), bk);
    blockB = t.sram("b", shape.type(), shape.slots(), bk, shape.columns());
    out = t.sram("out", shape.result(), shape.pieces(), UNIT, shape.columns());
  }

  private void semaphores(TileProgram t) {
    taken = t.clusterSems("taken", shape.panels() * shape.share(), 2 * lanes)[0];
    stagedA = t.sems("staged_a", shape.panels(), 0)[0];
    stagedB = t.sems("staged_b", shape.panels(), 0)[0];
    freeA = t.sems("free_a", shape.slots(), 1)[0];
    freeB = t.sems("free_b", shape.slots(), 1)[0];
    full = t.sems("full", shape.slots(), 0)[0];
    sumFree = t.sems("sum_free", 2, 1)[0];
    summed = t.sem("summed", 0);
    outFree = t.sem("out_free", shape.pieces());
    ready = t.sem("ready", 0);
  }

  private void queues(TileProgram t) {
    for (int channel = 0; channel < channels; channel++) {
      stage(t.clusterDma(channel), channel);
    }
    fetchA(t.dma(0));
    fetchBAndStore(t.dma(1));
    multiply(t.ttu());
    round(t.tvp());
  }

  // ---- the walk over superblocks, the same in every queue

  /// What a queue knows of the superblock it is in.
  private record Block(
      Expr row, Expr height, Expr column, Expr width, Expr tileRows, Expr rows, Expr columns) {}

  private static Expr min(Expr x, Expr y) {
    return Expr.binary(Operator.MIN, x, y);
  }

  private static Expr max(Expr x, Expr y) {
    return Expr.binary(Operator.MAX, x, y);
  }

  private static Expr cdiv(Expr x, Expr y) {
    return Expr.binary(Operator.CDIV, x, y);
  }

  private Expr depth() {
    return a.size(1);
  }

  private Expr steps() {
    return cdiv(depth(), Expr.of(shape.depth()));
  }

  /// Superblocks are dealt to the clusters in turn, each row of them shifted by one, so that larger
  /// ones spread evenly.
  private void blocks(QueueBuilder q, Consumer<Block> body) {
    q.set("step", Expr.ZERO);
    q.set("count", Expr.ZERO);
    Expr all = superRows.times(superColumns);
    Expr clusters = Expr.of(machine.clusters());
    q.repeat(
        Builtin.PROGRAM,
        Expr.reg(Builtin.CLUSTER),
        all,
        clusters,
        t -> {
          Expr i = q.set("i", t.div(superColumns));
          Expr j = q.set("j", t.rem(superColumns).plus(i).rem(superColumns));
          body.accept(block(q, i, j));
          q.set("count", Expr.reg("count").plus(1));
        });
  }

  private Block block(QueueBuilder q, Expr i, Expr j) {
    Expr row = q.set("row", first(i, a.size(0), superRows, unitRows));
    Expr height = q.set("height", size(i, row, a.size(0), superRows, unitRows));
    Expr column = q.set("column", first(j, b.size(1), superColumns, unitColumns));
    Expr width = q.set("width", size(j, column, b.size(1), superColumns, unitColumns));
    Expr tileRows = q.set("tile_rows", share(height, shape.tileRows()));
    Expr tileColumns = q.set("tile_columns", share(width, shape.tileColumns()));
    Expr lane = Expr.reg(Builtin.LANE);
    Expr top = q.set("top", lane.div(shape.tileColumns()).times(tileRows));
    Expr left = q.set("left", lane.rem(shape.tileColumns()).times(tileColumns));
    Expr rows = q.set("rows", min(tileRows, height.minus(top)));
    Expr columns = q.set("columns", min(tileColumns, width.minus(left)));
    return new Block(row, height, column, width, tileRows, rows, columns);
  }

  /// Units before part `i` of `parts`.
  private static Expr first(Expr i, Expr size, Expr parts, Expr unit) {
    Expr units = cdiv(size, unit);
    return i.times(units.div(parts)).plus(min(i, units.rem(parts))).times(unit);
  }

  private static Expr size(Expr i, Expr first, Expr size, Expr parts, Expr unit) {
    Expr units = cdiv(size, unit);
    return min(size.minus(first), units.div(parts).plus(i.lt(units.rem(parts))).times(unit));
  }

  private static Expr share(Expr size, int tiles) {
    return cdiv(size, Expr.of((long) UNIT * tiles)).times(UNIT);
  }

  /// The steps along k of a superblock; `body` receives the step and its depth.
  private void steps(QueueBuilder q, BiConsumer<Expr, Expr> body) {
    q.repeat(
        Expr.ZERO,
        steps(),
        Expr.ONE,
        s -> {
          Expr start = s.times(shape.depth());
          Expr deep = q.set("deep", min(Expr.of(shape.depth()), depth().minus(start)));
          q.set("panel", Expr.reg("step").rem(shape.panels()));
          q.set("slot", Expr.reg("step").rem(shape.slots()));
          body.accept(s, deep);
          q.set("step", Expr.reg("step").plus(1));
        });
  }

  private static Expr panel() {
    return Expr.reg("panel");
  }

  private static Expr slot() {
    return Expr.reg("slot");
  }

  // ---- cluster DMA: HBM to cluster SRAM

  /// Groups of channels take turns; each channel of a group stages its share of the rows of A and
  /// of the rows of B.
  private void stage(QueueBuilder q, int channel) {
    Expr turn = Expr.reg("step").rem(channels / shape.share());
    blocks(
        q,
        block ->
            steps(
                q,
                (s, deep) ->
                    q.when(
                        turn.eq(channel / shape.share()),
                        () -> stagePanel(q, channel % shape.share(), block, s, deep),
                        () -> {})));
  }

  private void stagePanel(QueueBuilder q, int part, Block block, Expr s, Expr deep) {
    int share = shape.share();
    int rowsA = Math.ceilDiv(shape.superRows(), share);
    int rowsB = Math.ceilDiv(shape.depth(), share);
    Home everyone = Home.lanes(Expr.ZERO, Expr.reg(Builtin.LANES));
    Expr k = s.times(shape.depth());
    Expr shareA = cdiv(block.height(), Expr.of(share));
    Expr shareB = cdiv(deep, Expr.of(share));
    Expr topA = q.set("top_a", shareA.times(part));
    Expr topB = q.set("top_b", shareB.times(part));
    q.waitFor(taken.at(panel().times(share).plus(part)), 2 * lanes)
        .copy(
            a.at(block.row().plus(topA), k, rowsA, shape.depth()),
            panelA
                .slot(panel())
                .box(at(topA, Expr.ZERO), size(rowsA, shape.depth()))
                .limit(min(shareA, block.height().minus(topA)), deep))
        .copy(
            b.at(k.plus(topB), block.column(), rowsB, shape.superColumns()),
            panelB
                .slot(panel())
                .box(at(topB, Expr.ZERO), size(rowsB, shape.superColumns()))
                .limit(min(shareB, deep.minus(topB)), block.width()))
        .signal(stagedA.at(panel()).on(everyone), stagedB.at(panel()).on(everyone));
  }

  private static List<Expr> at(Expr row, Expr column) {
    return List.of(row, column);
  }

  private static List<Integer> size(int rows, int columns) {
    return List.of(rows, columns);
  }

  // ---- tile DMA: cluster SRAM to the tile, results to HBM

  private void fetchA(QueueBuilder q) {
    blocks(
        q,
        block ->
            steps(
                q,
                (_, deep) -> {
                  q.waitFor(freeA.at(slot()))
                      .waitFor(stagedA.at(panel()), shape.share())
                      .copy(
                          panelA
                              .slot(panel())
                              .box(
                                  at(Expr.reg("top"), Expr.ZERO), size(shape.rows(), shape.depth()))
                              .limit(block.rows(), deep),
                          blockA.slot(slot()).limit(block.rows(), deep));
                  if (shape.isWide()) {
                    fetchB(q, block, 0, shape.depth() / 2, deep);
                  }
                  q.signal(full.at(slot()));
                  giveBack(q);
                }));
  }

  /// Rows `first` to `last` of a panel of B, of which there are `deep`. Whoever waits for A or B of
  /// a panel has both, and the slots of A and B are free together.
  private void fetchB(QueueBuilder q, Block block, int first, int last, Expr deep) {
    int rows = last - first;
    Expr there = deep.minus(Expr.of(first));
    q.copy(
        panelB
            .slot(panel())
            .box(at(Expr.of(first), Expr.reg("left")), size(rows, shape.columns()))
            .limit(there, block.columns()),
        blockB
            .slot(slot())
            .box(at(Expr.of(first), Expr.ZERO), size(rows, shape.columns()))
            .limit(there, block.columns()));
  }

  private void giveBack(QueueBuilder q) {
    for (int part = 0; part < shape.share(); part++) {
      q.signal(taken.at(panel().times(shape.share()).plus(part)));
    }
  }

  private void fetchBAndStore(QueueBuilder q) {
    for (String register :
        List.of("p_row", "p_column", "p_rows", "p_columns", "p_pieces", "piece")) {
      q.set(register, Expr.ZERO);
    }
    blocks(
        q,
        block -> {
          steps(
              q,
              (s, deep) -> {
                q.waitFor(freeB.at(slot())).waitFor(stagedB.at(panel()), shape.share());
                fetchB(q, block, shape.isWide() ? shape.depth() / 2 : 0, shape.depth(), deep);
                q.signal(full.at(slot()));
                giveBack(q);
                storeBetween(q, s);
              });
          q.set("p_row", block.row().plus(Expr.reg("top")));
          q.set("p_column", block.column().plus(Expr.reg("left")));
          q.set("p_rows", block.rows());
          q.set("p_columns", block.columns());
          q.set("p_pieces", block.tileRows().div(UNIT));
        });
    q.repeat(Expr.ZERO, Expr.reg("p_pieces"), Expr.ONE, p -> storePiece(q, p));
  }

  /// Pieces of the block before, spread over the steps behind those that the fetches run ahead.
  private void storeBetween(QueueBuilder q, Expr s) {
    Expr lag = Expr.of(shape.slots() + 1L);
    Expr pieces = Expr.reg("p_pieces");
    Expr late = max(Expr.ONE, steps().minus(lag));
    Expr from = pieces.times(max(Expr.ZERO, s.minus(lag))).div(late);
    Expr to = pieces.times(max(Expr.ZERO, s.plus(1).minus(lag))).div(late);
    Expr isLast = Expr.binary(Operator.EQ, s.plus(1), steps());
    q.repeat(from, max(to, pieces.times(isLast)), Expr.ONE, p -> storePiece(q, p));
  }

  private void storePiece(QueueBuilder q, Expr p) {
    Expr row = p.times(UNIT);
    q.waitFor(ready)
        .copy(
            out.slot(Expr.reg("piece").rem(shape.pieces()))
                .limit(Expr.reg("p_rows").minus(row), Expr.reg("p_columns")),
            c.at(Expr.reg("p_row").plus(row), Expr.reg("p_column"), UNIT, shape.columns()))
        .signal(outFree);
    q.set("piece", Expr.reg("piece").plus(1));
  }

  // ---- tensor unit and vector processor

  private void multiply(QueueBuilder q) {
    blocks(
        q,
        block -> {
          Expr half = q.set("half", Expr.reg("count").rem(2));
          q.waitFor(sumFree.at(half));
          steps(
              q,
              (s, deep) ->
                  q.waitFor(full.at(slot()), 2)
                      .mma(
                          sums.slot(half).limit(block.rows(), block.columns()),
                          blockA.slot(slot()).limit(block.rows(), deep),
                          blockB.slot(slot()).limit(deep, block.columns()),
                          s.eq(0))
                      .signal(freeA.at(slot()), freeB.at(slot())));
          q.signal(summed);
        });
  }

  private void round(QueueBuilder q) {
    q.set("piece", Expr.ZERO);
    blocks(
        q,
        block -> {
          Expr half = q.set("half", Expr.reg("count").rem(2));
          q.waitFor(summed);
          q.repeat(
              Expr.ZERO,
              block.tileRows().div(UNIT),
              Expr.ONE,
              p -> {
                Expr row = p.times(UNIT);
                Expr left = block.rows().minus(row);
                q.waitFor(outFree)
                    .map(
                        out.slot(Expr.reg("piece").rem(shape.pieces()))
                            .limit(left, block.columns()),
                        new Lane.In(
                            sums.slot(half)
                                .box(at(row, Expr.ZERO), size(UNIT, shape.columns()))
                                .limit(left, block.columns())
                                .region()))
                    .signal(ready);
                q.set("piece", Expr.reg("piece").plus(1));
              });
          q.signal(sumFree.at(half));
        });
  }
}

package maia.kernel.lower;

import java.util.List;
import maia.base.Origin;
import maia.machine.Machine;
import maia.npl.Builtin;
import maia.npl.Expr;
import maia.npl.Expr.Operator;
import maia.npl.Home;
import maia.npl.Instr;
import maia.npl.Program.Scope;
import maia.npl.Program.Semaphore;
import maia.npl.SemaphoreRef;

/// How a [Share] stays in cluster memory. Its slots are a ring of [Share#turns] iterations. A strip
/// is what a cluster computes with the same blocks: they are loaded in its first superblock, read
/// in every one, and given back after its last. Where the iterations of a superblock are more than
/// the ring holds beside [#LEAD], every iteration loads and gives back.
///
/// A slot belongs to one channel of the cluster DMA and all signals of a pair of channel and lane
/// come in the order of the slots, so that a count for each pair says which slots they mean.
public final class Kept {
  /// How many iterations the cluster loads what it keeps before it loads the rest. Tiles have slots
  /// for the rest, so that one is enough to hide the latency where a strip begins; more would keep
  /// the first products waiting.
  public static final int LEAD = 1;

  private final Share share;
  private final int channels;

  Kept(Share share, int channels) {
    this.share = share;
    this.channels = channels;
  }

  /// Whether a loop over `from` to `to` may be the one of a share that is kept.
  static boolean isPossible(Node.Loop loop) {
    return loop.step() instanceof Expr.Const(long step) && step > 0;
  }

  /// The register that holds the first slot of the strip.
  String base() {
    return "base" + share.home.id();
  }

  private String steps() {
    return "steps" + share.home.id();
  }

  private String keeps() {
    return "keeps" + share.home.id();
  }

  /// Whether this superblock's blocks are loaded anew.
  Expr isLoaded() {
    return Expr.binary(Operator.OR, Expr.reg(Walk.FRESH), isStreamed());
  }

  /// Whether the ring is too short for what should be kept.
  private Expr isStreamed() {
    return Expr.reg(keeps()).eq(0);
  }

  /// Iterations of a loop.
  static Expr steps(Node.Loop loop) {
    Expr count = Expr.binary(Operator.CDIV, loop.to().minus(loop.from()), loop.step());
    return Expr.binary(Operator.MAX, count, Expr.ZERO);
  }

  /// Whether `steps` iterations stay.
  Instr decide(Expr steps, Origin origin) {
    Expr fits = Expr.binary(Operator.LE, steps.plus(LEAD), Expr.of(share.turns()));
    return new Instr.Set(keeps(), fits, origin);
  }

  /// What the tile's queue does before its loop: a strip that begins stands behind the last one.
  List<Instr> before(Node.Loop loop, Origin origin) {
    Expr turn = Expr.reg(share.turn());
    Expr base = Expr.reg(base());
    return List.of(
        new Instr.Set(steps(), steps(loop), origin),
        decide(Expr.reg(steps()), origin),
        new Instr.When(
            isLoaded(),
            List.of(new Instr.Set(base(), turn, origin)),
            List.of(new Instr.Set(share.turn(), base, origin)),
            origin));
  }

  /// What it does behind the loop: after the last superblock of a strip, all slots are free.
  List<Instr> behind(Origin origin) {
    Expr lane = Expr.reg(Builtin.LANE);
    Expr slot = Expr.reg(base()).plus(Expr.reg("given"));
    Instr give = new Instr.Signal(freeOf(lane, slot, share.ownPart()), 1, origin);
    Instr all =
        new Instr.Repeat("given", Expr.ZERO, Expr.reg(steps()), Expr.ONE, List.of(give), origin);
    Expr over = Expr.binary(Operator.AND, Expr.reg(Walk.LAST), Expr.reg(keeps()));
    return List.of(new Instr.When(over, List.of(all), List.of(), origin));
  }

  /// What the tile's queue does before it takes a block.
  Instr waitForBlock(Origin origin) {
    SemaphoreRef full =
        SemaphoreRef.of(share.filledName(), channel(Expr.reg(share.turn()), share.ownPart()));
    return new Instr.When(isLoaded(), List.of(new Instr.Wait(full, 1, origin)), List.of(), origin);
  }

  /// What it does after it took a block.
  Instr giveBlock(Origin origin) {
    SemaphoreRef free = freeOf(Expr.reg(Builtin.LANE), Expr.reg(share.turn()), share.ownPart());
    return new Instr.When(
        isStreamed(), List.of(new Instr.Signal(free, 1, origin)), List.of(), origin);
  }

  /// Whether `channel` loads part `part` of the current slot.
  Expr isOn(int channel, int part) {
    return channel(Expr.reg(share.turn()), Expr.of(part)).eq(channel);
  }

  private Expr channel(Expr slot, Expr part) {
    return slot.plus(part).rem(channels);
  }

  /// What says that a lane needs the slot no longer.
  SemaphoreRef freeOf(Expr lane, Expr slot, Expr part) {
    return SemaphoreRef.of(share.freedName(), lane.times(channels).plus(channel(slot, part)));
  }

  /// What says to the tiles of `readers` that part `part` is there.
  SemaphoreRef full(int part, Home readers) {
    return new SemaphoreRef(
        share.filledName(), channel(Expr.reg(share.turn()), Expr.of(part)), readers);
  }

  List<Semaphore> semaphores() {
    int each = share.turns() / channels;
    int count = share.lanes() * channels;
    return List.of(
        new Semaphore(share.filledName(), Scope.TILE, channels, 0, each),
        new Semaphore(share.freedName(), Scope.CLUSTER, count, each, each));
  }

  /// How many iterations fit into what cluster memory has left.
  static int turns(Machine machine, long left, long turnBytes) {
    int channels = machine.clusterDma().channels();
    long most = Math.min(left / turnBytes, machine.sync().maximum());
    return Math.toIntExact(most / channels * channels);
  }
}

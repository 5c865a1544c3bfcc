package maia.kernel.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maia.base.Origin;
import maia.npl.Builtin;
import maia.npl.Expr;
import maia.npl.Expr.Operator;
import maia.npl.Home;
import maia.npl.Instr;

/// Writes the queues of the cluster DMA where blocks are kept. One loop runs over the iterations of
/// all superblocks of the cluster: what is kept is loaded [Kept#LEAD] iterations before the rest,
/// across superblocks, and only where a strip begins.
final class KeptQueues {
  private static final String ROUND = "round";

  /// The rest of an iteration: what is loaded for every superblock.
  interface Rest {
    List<Instr> of(int channel);
  }

  private final Node.Loop loop;
  private final List<Share> kept;
  private final Walk walk;
  private final Definitions definitions;
  private final Rest rest;
  private final Origin start;

  KeptQueues(Node.Loop loop, List<Share> kept, Walk walk, Definitions definitions, Rest rest) {
    this.loop = loop;
    this.kept = kept;
    this.walk = walk;
    this.definitions = definitions;
    this.rest = rest;
    this.start = walk.origin();
  }

  /// The body of the queue of `channel`; counters are set to zero before.
  List<Instr> queue(int channel) {
    Expr steps = Expr.reg("steps");
    Expr all = walk.end().minus(walk.begin()).times(steps);
    Expr round = Expr.reg(ROUND);
    List<Instr> ahead = new ArrayList<>(at(round));
    for (Share share : kept) {
      List<Instr> fill = new ArrayList<>();
      for (int part = 0; part < share.parts(); part++) {
        fill.addAll(filled(share, part, channel));
      }
      Expr next = Expr.reg(share.turn()).plus(1).rem(Expr.of(share.turns()));
      fill.add(new Instr.Set(share.turn(), next, start));
      ahead.add(new Instr.When(share.kept().isLoaded(), fill, List.of(), start));
    }
    List<Instr> behind = new ArrayList<>(at(round.minus(Expr.of(Kept.LEAD))));
    behind.addAll(rest.of(channel));
    Expr isRest = Expr.binary(Operator.GE, round, Expr.of(Kept.LEAD));
    List<Instr> body = new ArrayList<>();
    body.add(new Instr.Set("steps", definitions.resolve(Kept.steps(loop), Map.of()), start));
    kept.forEach(share -> body.add(share.kept().decide(steps, start)));
    body.add(
        new Instr.Repeat(
            ROUND,
            Expr.ZERO,
            all.plus(Kept.LEAD),
            Expr.ONE,
            List.of(
                new Instr.When(round.lt(all), ahead, List.of(), start),
                new Instr.When(isRest, behind, List.of(), start)),
            start));
    return body;
  }

  /// The registers of the superblock and of the loop in a round.
  private List<Instr> at(Expr round) {
    Expr steps = Expr.reg("steps");
    List<Instr> out = new ArrayList<>();
    out.add(new Instr.Set(Walk.SUPER, walk.begin().plus(round.div(steps)), start));
    out.addAll(walk.superblock());
    Expr from = definitions.resolve(loop.from(), Map.of());
    Expr step = definitions.resolve(loop.step(), Map.of());
    out.add(new Instr.Set(loop.variable(), from.plus(round.rem(steps).times(step)), start));
    return out;
  }

  /// Waits until every reader has given the slot back, loads the part, tells every reader.
  private List<Instr> filled(Share share, int part, int channel) {
    Kept ring = share.kept();
    Origin origin = share.panels().getFirst().origin();
    List<Instr> work = new ArrayList<>();
    Expr slot = Expr.reg(share.turn());
    for (int lane : share.readers(part)) {
      work.add(new Instr.Wait(ring.freeOf(Expr.of(lane), slot, Expr.of(part)), 1, origin));
    }
    work.addAll(copies(share, part, definitions));
    Home readers = share.homes(part);
    work.add(new Instr.Signal(ring.full(part, readers), 1, origin));
    return List.of(new Instr.When(ring.isOn(channel, part), work, List.of(), origin));
  }

  /// The copies of part `part`, where its programs exist.
  static List<Instr> copies(Share share, int part, Definitions definitions) {
    Map<String, Expr> place = new HashMap<>();
    Expr inside = Expr.ONE;
    for (int dim : share.dims) {
      Expr first = Expr.reg(dim == 0 ? Walk.ROW : Walk.COLUMN);
      Expr program = first.plus(Expr.of(share.offset(part, dim)));
      place.put(Scalars.programRegister(dim), program);
      Expr exists = program.lt(Expr.reg(Builtin.grid(dim)));
      inside = inside.equals(Expr.ONE) ? exists : Expr.binary(Operator.AND, inside, exists);
    }
    List<Instr> copies = new ArrayList<>();
    for (Share.Panel panel : share.panels()) {
      copies.add(
          new Instr.Copy(
              definitions.resolve(panel.window(), place),
              definitions.resolve(share.target(panel, part), place),
              panel.fill(),
              panel.origin()));
    }
    Origin origin = share.panels().getFirst().origin();
    return share.dims.equals(Set.of())
        ? copies
        : List.of(new Instr.When(inside, copies, List.of(), origin));
  }
}

package maia.kernel.lower;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import maia.base.Origin;
import maia.machine.Machine;
import maia.npl.Engine;
import maia.npl.Expr;
import maia.npl.Instr;
import maia.npl.Program;

/// Writes the queues of the cluster DMA: the loops of the plan reduced to what lanes share. The
/// parts of an iteration are dealt to the channels in turn, and the deal moves on by one channel
/// every iteration, so that all channels carry the same.
final class ClusterQueues {
  private final Section root;
  private final Panels panels;
  private final Walk walk;
  private final int channels;
  private final Definitions definitions;
  private final Origin start;

  ClusterQueues(Section root, Panels panels, Walk walk, Machine machine) {
    this.root = root;
    this.panels = panels;
    this.walk = walk;
    this.channels = machine.clusterDma().channels();
    this.definitions = Definitions.of(root);
    this.start = walk.origin();
  }

  List<Program.Queue> queues() {
    List<Program.Queue> queues = new ArrayList<>();
    if (panels.shares().isEmpty()) {
      return queues;
    }
    for (int channel = 0; channel < channels; channel++) {
      List<Instr> whole = new ArrayList<>();
      Set<String> turns = new LinkedHashSet<>();
      panels.shares().forEach(share -> turns.addAll(List.of(share.turn(), deal(share))));
      turns.forEach(turn -> whole.add(new Instr.Set(turn, Expr.ZERO, start)));
      whole.addAll(body(channel));
      queues.add(new Program.Queue(Engine.CLUSTER_DMA, channel, Registers.withoutUnread(whole)));
    }
    return queues;
  }

  private List<Instr> body(int channel) {
    List<Share> kept = panels.shares().stream().filter(Share::isKept).toList();
    if (kept.isEmpty()) {
      return List.of(walk.cluster(section(root, channel)));
    }
    Section home = kept.getFirst().home;
    return root.nodes().stream()
        .flatMap(node -> node instanceof Node.Loop loop ? Stream.of(loop) : Stream.empty())
        .filter(loop -> loop.body() == home)
        .map(loop -> new KeptQueues(loop, kept, walk, definitions, c -> section(home, c)))
        .findFirst()
        .orElseThrow()
        .queue(channel);
  }

  private List<Instr> section(Section section, int channel) {
    List<Instr> out = new ArrayList<>();
    for (Node node : section.nodes()) {
      if (node instanceof Node.Loop loop && panels.isIn(loop.body())) {
        out.add(
            new Instr.Repeat(
                loop.variable(),
                definitions.resolve(loop.from(), Map.of()),
                definitions.resolve(loop.to(), Map.of()),
                definitions.resolve(loop.step(), Map.of()),
                section(loop.body(), channel),
                loop.origin()));
      }
    }
    List<Share> here =
        panels.shares().stream().filter(s -> s.home == section && !s.isKept()).toList();
    int piece = 0;
    for (Share share : here) {
      for (int part = 0; part < share.parts(); part++) {
        out.addAll(dealt(share, part, turn(share, here, piece++), channel));
      }
    }
    Set<String> counted = new LinkedHashSet<>();
    for (Share share : here) {
      if (counted.add(share.turn())) {
        out.add(next(share.turn(), share.turns()));
      }
      if (counted.add(deal(share))) {
        out.add(next(deal(share), channels));
      }
    }
    return out;
  }

  private Instr next(String register, int modulus) {
    return new Instr.Set(register, Expr.reg(register).plus(Expr.ONE).rem(modulus), start);
  }

  /// The register that moves the deal on.
  private static String deal(Share share) {
    return "deal" + share.home.id();
  }

  /// What decides which channel loads a piece. Blocks that are kept let a channel run ahead of
  /// another, so that there a slot has to belong to one.
  private Expr turn(Share share, List<Share> here, int piece) {
    boolean isLoose = share.turns() % channels != 0;
    if (isLoose && panels.shares().stream().anyMatch(Share::isKept)) {
      int pieces = here.stream().mapToInt(Share::parts).sum();
      return Expr.reg(share.turn()).times(pieces).plus(piece);
    }
    return Expr.reg(deal(share)).plus(Expr.of(piece));
  }

  private List<Instr> dealt(Share share, int part, Expr turn, int channel) {
    List<Instr> work = part(share, part);
    if (channels == 1) {
      return work;
    }
    Expr mine = turn.rem(channels).eq(channel);
    return List.of(new Instr.When(mine, work, List.of(), work.getFirst().origin()));
  }

  /// Waits until every reader has taken what lies in the slot, loads the part, tells every reader.
  private List<Instr> part(Share share, int part) {
    Origin origin = share.panels().getFirst().origin();
    List<Instr> out = new ArrayList<>();
    List<Integer> readers = share.readers(part);
    readers.forEach(lane -> out.add(new Instr.Wait(share.free(Expr.of(lane)), 1, origin)));
    out.addAll(KeptQueues.copies(share, part, definitions));
    share.filled(part).forEach(ref -> out.add(new Instr.Signal(ref, 1, origin)));
    return out;
  }
}

package maia.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import maia.machine.Machine;
import maia.npl.NplException;
import maia.npl.NplException.Category;
import maia.npl.Program;
import maia.npl.Space;
import org.jspecify.annotations.Nullable;

/// A tile or a cluster: its buffers, semaphores and memory ports.
final class Site {
  final int tile;
  final int cluster;
  final int lane;
  final @Nullable Site parent;

  /// How many sites' work this one stands for, its own included.
  double alike = 1;

  /// Orders accesses to what this site's queues share.
  final Domain domain;

  /// The tiles of this cluster by lane; of a tile, those of its cluster.
  final List<Site> lanes;

  /// What DMA moves in and out.
  final Pipe port;

  /// What comes in from outside.
  final Pipe ingest;

  /// The banks of its memory.
  final Banks banks;

  private final List<Program.Buffer> buffers;
  private final @Nullable Slot[] @Nullable [] slots;
  private final Sem[] @Nullable [] sems;
  private final boolean watched;

  Site(
      Program program,
      Machine machine,
      int tile,
      int cluster,
      int lane,
      @Nullable Site parent,
      Domain domain,
      Layout layout,
      boolean watched) {
    this.tile = tile;
    this.cluster = cluster;
    this.lane = lane;
    this.parent = parent;
    this.domain = domain;
    this.watched = watched;
    this.lanes = parent == null ? new ArrayList<>() : parent.lanes;
    if (parent != null) {
      lanes.add(this);
    }
    boolean isCluster = parent == null;
    int portBytes = isCluster ? machine.csram().bytesPerCycle() : machine.tsram().bytesPerCycle();
    port = new Pipe(portBytes * machine.clockHertz());
    ingest = isCluster ? port : new Pipe(machine.tileIngestBytesPerCycle() * machine.clockHertz());
    buffers = program.buffers();
    var memory = isCluster ? machine.csram() : machine.tsram();
    banks = new Banks(layout, memory.bankBytesPerCycle() * machine.clockHertz());
    slots = new Slot[buffers.size()][];
    for (int b = 0; b < buffers.size(); b++) {
      if ((buffers.get(b).space() == Space.CSRAM) == isCluster) {
        slots[b] = new Slot[buffers.get(b).slots()];
      }
    }
    sems = new Sem[program.semaphores().size()][];
    for (int f = 0; f < sems.length; f++) {
      Program.Semaphore family = program.semaphores().get(f);
      if ((family.scope() == Program.Scope.CLUSTER) == isCluster) {
        int index = f;
        Sem[] members = new Sem[family.count()];
        Arrays.setAll(members, i -> new Sem(family, index, i, watched));
        sems[f] = members;
      }
    }
  }

  /// What all it stands for do where this site does `own`.
  long share(long own) {
    return Math.round(alike * own);
  }

  /// The name messages use.
  String name() {
    return parent == null ? "cluster " + cluster : "tile " + tile;
  }

  /// The site that owns buffer `index` as seen from here.
  Site owner(int index) {
    return slots[index] == null && parent != null ? parent : this;
  }

  Slot slot(int buffer, long index) {
    @Nullable Slot @Nullable [] own = slots[buffer];
    if (own == null) {
      return java.util.Objects.requireNonNull(parent).slot(buffer, index);
    }
    int at = (int) index;
    Slot slot = own[at];
    if (slot == null) {
      slot = new Slot(buffers.get(buffer), buffer, at, watched);
      own[at] = slot;
    }
    return slot;
  }

  Sem sem(int family, long index, Entry entry) {
    Sem @Nullable [] own = sems[family];
    if (own == null) {
      return java.util.Objects.requireNonNull(parent).sem(family, index, entry);
    }
    if (index < 0 || index >= own.length) {
      throw new NplException(
          Category.OUT_OF_BOUNDS,
          "semaphore '%s' has %d members, index was %d"
              .formatted(entry.op.info().label(), own.length, index),
          entry.op.info().origin());
    }
    return own[(int) index];
  }

  /// Adds the semaphores of this site, in order of declaration.
  void collect(List<Sem> into) {
    for (Sem @Nullable [] family : sems) {
      if (family != null) {
        into.addAll(List.of(family));
      }
    }
  }

  /// The slots that were touched, in order of declaration.
  List<Slot> touched() {
    var found = new ArrayList<Slot>();
    for (@Nullable Slot @Nullable [] own : slots) {
      if (own != null) {
        for (Slot slot : own) {
          if (slot != null) {
            found.add(slot);
          }
        }
      }
    }
    return found;
  }
}
